"""The entry: the command line, with a node to start when it is asked to serve."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from comity.cli.app import run


def serve(home: Path, ask: Callable[[str], str], host: str, port: int, ready: Callable[[str], None]) -> None:
    """Start the node of a home; only this command needs a server, so only it loads one."""
    from comity.desk.home import Home
    from comity.node import Node

    Node(Home(home), ask).serve(host, port, ready=ready)


def main() -> None:
    """Run the command line."""
    run(serve)


if __name__ == "__main__":
    main()
