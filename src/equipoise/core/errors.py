"""The errors a user can meet. Each names the argument, the value found and the way out.

EquipoiseError
├── SettingError       a recipe, option or argument that cannot work (also a ValueError)
├── DataError          a source that is missing, empty or damaged
├── NetworkError       a network that does not keep the contract
├── CheckpointError    a checkpoint that is truncated or belongs to another run
├── RunFolderError     a run folder that is missing, taken or cannot be written
└── TrainingDiverged   a loss or a weight that is no longer a finite number
"""


class EquipoiseError(Exception):
    """Anything a user can put right. The command line prints its message without a stack trace."""


class SettingError(EquipoiseError, ValueError):
    """A recipe, option or argument that cannot work."""


class DataError(EquipoiseError):
    """A source that is missing, empty or damaged."""


class NetworkError(EquipoiseError):
    """A network that does not keep the contract of `equipoise.networks.contract`."""


class CheckpointError(EquipoiseError):
    """A checkpoint that is truncated or belongs to another run."""


class RunFolderError(EquipoiseError):
    """A run folder that is missing, already taken or cannot be written."""


class TrainingDiverged(EquipoiseError):  # noqa: N818  (it is the run that failed, not a call)
    """A loss or a weight that is no longer a finite number. The last checkpoint is from before."""
