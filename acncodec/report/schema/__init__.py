"""The kinds of result files, as data. docs/REPORT.md describes each field.

Unknown fields are allowed and ignored: a result may say more than the report shows.
"""

from acncodec.report.schema.base import Count, Machine, Measured, Share
from acncodec.report.schema.files import (
    Bench,
    LabelBytes,
    Labels,
    OrderCosts,
    OrderingCosts,
    Orders,
    Rival,
    Rivals,
    UrnFiles,
    Urns,
)
from acncodec.report.schema.models import (
    Accuracy,
    ChoiceCosts,
    Choices,
    Cost,
    Costs,
    KCosts,
    KSweep,
    ModelFacts,
    Probe,
    TrainingLog,
    TrainingPoint,
)
from acncodec.report.schema.speed import (
    AgainstNaive,
    CommandCosts,
    ProductTrial,
    Scale,
    ScaleRow,
    ShardsRow,
    Speed,
    SpeedOfOrdering,
    SpeedTrials,
    Streamed,
)
from acncodec.report.schema.trials import (
    Faults,
    Fuzz,
    Trial,
)

__all__ = [
    "Accuracy",
    "AgainstNaive",
    "Bench",
    "ChoiceCosts",
    "Choices",
    "CommandCosts",
    "Cost",
    "Costs",
    "Count",
    "Faults",
    "Fuzz",
    "KCosts",
    "KSweep",
    "LabelBytes",
    "Labels",
    "Machine",
    "Measured",
    "ModelFacts",
    "OrderCosts",
    "OrderingCosts",
    "Orders",
    "Probe",
    "ProductTrial",
    "Rival",
    "Rivals",
    "Scale",
    "ScaleRow",
    "ShardsRow",
    "Share",
    "Speed",
    "SpeedOfOrdering",
    "SpeedTrials",
    "Streamed",
    "TrainingLog",
    "TrainingPoint",
    "Trial",
    "UrnFiles",
    "Urns",
]
