"""What a person looks at when a run is over, or while it goes on."""

from equipoise.reports.run_folder import RunHistory, newest_picture, read_history

__all__ = ["RunHistory", "newest_picture", "read_history"]
