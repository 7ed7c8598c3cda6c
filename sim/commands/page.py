"""The page of the documentation that lists every subcommand, made from the help of the commands themselves.

To renew it: ``lotwise --markdown > docs/commands.md``.
"""

from __future__ import annotations

from typing import Final

import click

_WIDTH: Final = 80
_INTRODUCTION: Final = """\
# Commands

What `lotwise COMMAND --help` says, in one place. This page is printed by `lotwise --markdown`, and a test keeps it
current.

| exit code | means |
| --- | --- |
| 0 | done |
| 1 | done, but a precision or another guarantee that was asked for was not met |
| 2 | invalid input or usage; what is wrong is said on the error stream |
| 3 | a run failed: the disk is full, a process died |
| 130 | interrupted; nothing was written |

Results go to the standard output, notes and mistakes to the error stream. Progress is shown there too, on a terminal,
once a command has taken two seconds.
"""


def commands_page(group: click.Group) -> str:
    """``docs/commands.md`` as it should stand.

    Parameters
    ----------
    group
        The command whose subcommands are listed.
    """
    settings = {**group.context_settings, "terminal_width": _WIDTH, "max_content_width": _WIDTH}
    with click.Context(group, info_name="lotwise", **settings) as parent:
        sections = [_INTRODUCTION]
        for name in group.list_commands(parent):
            command = group.get_command(parent, name)
            if command is not None:
                context = click.Context(
                    command, parent, info_name=name, terminal_width=_WIDTH, max_content_width=_WIDTH
                )
                sections.append(f"## {name}\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(sections)
