"""The run folder: its three tables, its manifest, and how it is written whole or not at all."""

from sim.results.folder import FolderInUseError, RunFolder, run_name
from sim.results.manifest import manifest_text
from sim.results.tables import (
    SummaryRow,
    TableFiles,
    TablesInMemory,
    orders_table,
    replications_table,
    summary_text,
)

__all__ = [
    "FolderInUseError",
    "RunFolder",
    "SummaryRow",
    "TableFiles",
    "TablesInMemory",
    "manifest_text",
    "orders_table",
    "replications_table",
    "run_name",
    "summary_text",
]
