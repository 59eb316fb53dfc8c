"""Django's own commands, with this installation's settings and database."""

from django.core.management import execute_from_command_line


def main(argv: list[str]) -> int:
    execute_from_command_line(["banli manage", *argv[1:]])
    return 0
