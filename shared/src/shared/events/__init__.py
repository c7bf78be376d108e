"""Every event between services: one module per owning service, one envelope, one catalogue."""

from shared.events.accounts import (
    DEFAULT_PRICES,
    AccessRevoked,
    ConnectionChanged,
    NumberChanged,
    PricesChanged,
    QuietHours,
    SendingPrices,
    TenantChanged,
    UsageKind,
    UsageRecorded,
)
from shared.events.ai_responder import ReplyDrafted
from shared.events.campaigns import CampaignUpdated
from shared.events.carrying import Lack, lack_of
from shared.events.conversation import (
    ConsentChanged,
    ConsentEntry,
    ConsentEvidence,
    ContactActivity,
    ConversationUpdated,
    ReplyRequested,
    TranscriptLine,
    merge_consent,
    standing_opt_outs,
)
from shared.events.envelope import Event, EventData, decode, event_id
from shared.events.ingress import SmsInbound, SmsReceipt
from shared.events.kinds import AiMode, Author, CarrierError, Media, Money, thread_id
from shared.events.sender import (
    FINAL_UNSENT,
    BudgetWarned,
    MessageStatus,
    Priority,
    SmsOutbound,
    SmsStatus,
    SmsWithdrawn,
)

__all__ = [
    "DEFAULT_PRICES",
    "FINAL_UNSENT",
    "AccessRevoked",
    "AiMode",
    "Author",
    "BudgetWarned",
    "CampaignUpdated",
    "CarrierError",
    "ConnectionChanged",
    "ConsentChanged",
    "ConsentEntry",
    "ConsentEvidence",
    "ContactActivity",
    "ConversationUpdated",
    "Event",
    "EventData",
    "Lack",
    "Media",
    "MessageStatus",
    "Money",
    "NumberChanged",
    "PricesChanged",
    "Priority",
    "QuietHours",
    "ReplyDrafted",
    "ReplyRequested",
    "SendingPrices",
    "SmsInbound",
    "SmsOutbound",
    "SmsReceipt",
    "SmsStatus",
    "SmsWithdrawn",
    "TenantChanged",
    "TranscriptLine",
    "UsageKind",
    "UsageRecorded",
    "decode",
    "event_id",
    "lack_of",
    "merge_consent",
    "standing_opt_outs",
    "thread_id",
]
