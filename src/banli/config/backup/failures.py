"""Why there is no backup, or nothing was restored."""

from banli.config.failures import StartFailure


class BackupFailure(StartFailure):
    """One sentence in each language; exit status 1."""

    def __str__(self) -> str:
        return f"{self.zh}\n{self.en}"


def broken() -> BackupFailure:
    """The file was cut or changed."""
    return BackupFailure(
        "备份文件不完整或被改动过，没有恢复任何内容。",
        "The backup is cut or was changed; nothing was restored.",
    )


def newer() -> BackupFailure:
    """Another version wrote the file."""
    return BackupFailure(
        "这个备份是更新版本的 Banli 写的，请先升级再恢复。",
        "This backup was made by a newer version of Banli: upgrade first, then restore.",
    )
