"""The errors a user can meet. Each names the argument, the value found and the way out.

EquipoiseError
├── SettingError       a recipe, option or argument that cannot work (also a ValueError)
├── DataError          a source that is missing, empty or damaged
├── NetworkError       a network that does not keep the contract
├── CheckpointError    a checkpoint that is truncated or belongs to another run
├── RunFolderError     a run folder that is missing, taken or cannot be written
├── TrainingDiverged   a loss or a weight that is no longer a finite number
├── NotEnoughMemory    a step that does not fit into memory (also a MemoryError)
├── ReplicasDiffer     processes of one run whose networks are no longer the same
├── ProcessLost        another process of the same run has ended
└── OtherProcessFailed the same, where the first process has told it already
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


class NotEnoughMemory(EquipoiseError, MemoryError):  # noqa: N818
    """A step that does not fit into memory."""


class ReplicasDiffer(EquipoiseError):  # noqa: N818
    """The networks of one run's processes, which should be the same to the bit, are not."""


class ProcessLost(EquipoiseError):  # noqa: N818
    """Another process of the same run has ended, or can no longer be reached."""


class OtherProcessFailed(EquipoiseError):  # noqa: N818
    """A process ends because another has failed, which has told why: nothing more needs to be printed."""
