"""Where lines of the log go, and which: see BANLI_LOG and BANLI_LOG_FILE in the settings."""

from typing import Any

from banli.config.failures import StartFailure

FORMATS = {
    "": "banli.operation.logs.HumanLines",
    "lines": "banli.operation.logs.HumanLines",
    "json": "banli.operation.logs.JsonLines",
}


def logging_of(how: str, file: str) -> dict[str, Any]:
    """LOGGING for one of FORMATS. A file may be moved away by logrotate; several processes append to it."""
    if how not in FORMATS:
        raise StartFailure(
            f"BANLI_LOG 只能是 lines 或 json，不能是 {how}。", f"BANLI_LOG is lines or json, not {how}."
        )
    everything = "INFO" if how else "WARNING"
    place: dict[str, Any] = {"class": "logging.StreamHandler"}
    if file:
        _check_writable(file)
        place = {"class": "logging.handlers.WatchedFileHandler", "filename": file, "encoding": "utf-8"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": FORMATS[how]}},
        "filters": {"worth": {"()": "banli.operation.logs.WorthALine"}},
        "handlers": {"out": {**place, "formatter": "line", "filters": ["worth"]}},
        "root": {"handlers": ["out"], "level": "WARNING"},
        "loggers": {
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            "banli": {"level": "INFO"},
            "banli.requests": {"level": everything},
            "banli.actions": {"level": everything},
            "procrastinate.worker": {"level": everything},
            "procrastinate.utils": {"level": "CRITICAL"},  # repeats what procrastinate.worker says
        },
    }


def _check_writable(file: str) -> None:
    try:
        open(file, "a").close()
    except OSError as error:
        raise StartFailure(
            f"日志文件 {file} 无法写入：{error.strerror}。",
            f"The log {file} cannot be written: {error.strerror}.",
        ) from error
