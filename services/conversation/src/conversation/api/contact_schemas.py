"""Request and response bodies of `/api/contacts`. Other programs rely on these shapes."""

from __future__ import annotations

import zoneinfo
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from conversation.api import contact_examples as examples
from conversation.api.schemas import Name
from shared.http.openapi_examples import with_example
from shared.values import Moment


def known_zone(name: str) -> str:
    if name not in zoneinfo.available_timezones():
        raise ValueError("not an IANA time zone, such as Europe/Berlin")
    return name


Zone = Annotated[str, Field(max_length=60, examples=["America/Chicago"]), AfterValidator(known_zone)]
Key = Annotated[str, Field(min_length=1, max_length=100)]
Label = Annotated[str, Field(min_length=1, max_length=50)]
FieldText = Annotated[str, Field(max_length=1000)]
Email = Annotated[str, Field(min_length=3, max_length=320, examples=["ada@engines.example"])]
PhoneNumber = Annotated[str, Field(min_length=3, max_length=40, examples=["+13125550124"])]
System = Annotated[str, Field(min_length=1, max_length=50)]
ExternalId = Annotated[str, Field(min_length=1, max_length=200)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ContactIn(_Body):
    """At least one identifier: a phone number, an e-mail address or an external id."""

    model_config = ConfigDict(extra="forbid") | with_example(examples.CONTACT_NEW)

    phone_number: PhoneNumber | None = Field(
        default=None, description="E.164, or a national number of the tenant's default region."
    )
    email: Email | None = Field(default=None, description="Compared without regard to case.")
    external_ids: dict[System, ExternalId] = Field(
        default_factory=dict, max_length=20, description="Ids of other systems, by system.", examples=[{"shop": "4711"}]
    )
    name: Name | None = None
    company: Name | None = None
    timezone: Zone | None = Field(default=None, description="IANA name.")
    fields: dict[Key, FieldText] = Field(default_factory=dict, max_length=100)
    labels: list[Label] = Field(default_factory=list, max_length=50)


class ContactPatch(_Body):
    model_config = ConfigDict(extra="forbid") | with_example(examples.CONTACT_PATCH)

    name: Name | None = None
    company: Name | None = None
    facts: dict[Key, FieldText] = Field(
        default_factory=dict, max_length=50, description="Facts that the assistant may use. Replaces all present facts."
    )
    timezone: Zone | None = Field(
        default=None, description="IANA name. Campaigns and workflows use it for local times. null: the number's zones."
    )
    fields: dict[Key, FieldText | None] = Field(
        default_factory=dict,
        max_length=100,
        description="Merged with the present fields; null deletes one. Workflows and the assistant read them.",
    )
    labels: list[Label] = Field(default_factory=list, max_length=50, description="Replaces all present labels.")
    phone_number: PhoneNumber | None = Field(
        default=None, description="Becomes the primary number; added if the contact does not have it."
    )
    phone_numbers: list[PhoneNumber] | None = Field(
        default=None,
        max_length=20,
        description="Replaces all numbers; the first is the primary one. A number with conversations cannot be removed "
        "(409 `number_in_use`).",
    )
    email: Email | None = Field(default=None, description="Added if the contact does not have it; listed first.")
    emails: list[Email] | None = Field(default=None, max_length=20, description="Replaces all e-mail addresses.")
    external_ids: dict[System, ExternalId | None] = Field(
        default_factory=dict, max_length=20, description="Merged with the present ones; null removes that system's id."
    )


class MergeIn(_Body):
    model_config = ConfigDict(extra="forbid") | with_example(examples.MERGE)

    other_id: str = Field(min_length=1, max_length=100, description="The contact to merge with this one.")


class UnmergeIn(_Body):
    model_config = ConfigDict(extra="forbid") | with_example(examples.UNMERGE)

    merge_id: str = Field(min_length=1, max_length=100, description="Of a merge in the contact's `merges`.")


class ConsentIn(_Body):
    model_config = ConfigDict(extra="forbid") | with_example(examples.CONSENT)

    state: Literal["out", "in"] = Field(
        description="`out`: the contact wants no more texts. `in`: the contact wants texts again."
    )
    note: str = Field(
        min_length=1, max_length=500, description="How you know, kept as evidence.", examples=["asked by phone"]
    )
    phone_number: PhoneNumber | None = Field(
        default=None,
        description="Which of the contact's numbers. Left out: `out` holds for all of them, `in` for the primary one.",
    )


class ConsentOut(BaseModel):
    opted_out: bool
    state: Literal["out", "in", "none"] = Field(description="`none`: nothing was recorded; texts may be sent.")
    at: Moment | None = Field(description="When the latest entry took effect.")


class ConflictOut(BaseModel):
    what: str = Field(examples=["fields.favourite_cake"])
    kept: str = Field(description="The survivor's value, as far as 200 characters.")
    left: str = Field(description="The other contact's value, which an unmerge gives back.")


class IdentifierOut(BaseModel):
    kind: Literal["phone", "email", "external"]
    value: str


class MergeOut(BaseModel):
    merge_id: str
    other_id: str = Field(description="The merged contact; its id answers with this contact.")
    at: Moment
    by: str = Field(description="User or API key.")
    conflicts: list[ConflictOut] = Field(description="Values of the other contact that were not taken.")


class ContactOut(BaseModel):
    model_config = with_example(examples.CONTACT)

    id: str
    phone_number: str | None = Field(description="The primary number.")
    phone_numbers: list[str]
    emails: list[str]
    external_ids: dict[str, str]
    name: str | None
    company: str | None
    facts: dict[str, str]
    timezone: str | None = Field(description="IANA name; null: only the number tells.")
    fields: dict[str, str]
    labels: list[str]
    consent: dict[str, ConsentOut] = Field(description="By phone number.")
    opted_out: bool = Field(description="Of the primary number.")
    merges: list[MergeOut] = Field(description="Contacts that were merged into this one.")
    created_at: Moment | None = Field(description="null: made by an earlier version, which did not note it.")
    revision: int


class MergedContactOut(ContactOut):
    model_config = with_example(examples.MERGED)

    merge_id: str


class UnmergedContactOut(ContactOut):
    model_config = with_example(examples.UNMERGED)

    restored: ContactOut = Field(description="The contact that was merged, with what it had.")


class ConsentEntryOut(BaseModel):
    entry_id: str
    contact: str = Field(description="The phone number.")
    state: Literal["out", "in"]
    effective_at: Moment
    evidence: dict[str, Any]
    overrides: list[str]


class ContactConsentOut(BaseModel):
    model_config = with_example(examples.CONTACT_CONSENT)

    contact: ContactOut
    entries: list[ConsentEntryOut] = Field(description="The consent ledger, latest entry first.")


class ExternalIdIn(_Body):
    system: System
    id: ExternalId


class WhoIn(_Body):
    """The person, by at least one identifier."""

    phone_number: PhoneNumber | None = None
    email: Email | None = None
    external_id: ExternalIdIn | None = None
    name: Name | None = None


class ActivityIn(_Body):
    model_config = ConfigDict(extra="forbid") | with_example(examples.ACTIVITY_NEW)

    activity_id: str = Field(
        min_length=1, max_length=200, description="Your id. The same id of a channel counts once; the first one stays."
    )
    channel: str = Field(
        min_length=1, max_length=50, description="`voice`, `chat`, `email`, or a name of your own.", examples=["chat"]
    )
    at: AwareDatetime = Field(description="When it happened; at most five minutes in the future.")
    direction: Literal["inbound", "outbound", "none"] = "none"
    who: WhoIn
    thread_key: str | None = Field(
        default=None, min_length=1, max_length=200, description="Groups a chat or an e-mail thread in the timeline."
    )
    summary: str = Field(min_length=1, max_length=2000, description="One line that people and the assistant read.")
    text: str | None = Field(default=None, max_length=10_000, description="What was said or written.")
    link: str | None = Field(
        default=None, max_length=2000, pattern=r"^https?://[^\s\x00-\x20\x7f]+$", description="Where to see all of it."
    )


class ActivityAcceptedOut(BaseModel):
    model_config = with_example(examples.ACTIVITY_ACCEPTED)

    id: str


class TimelineItemOut(BaseModel):
    model_config = with_example(examples.TIMELINE_ITEM)

    id: str
    kind: Literal["sms", "activity", "note", "consent", "change"]
    channel: str = Field(examples=["chat"])
    at: Moment
    direction: Literal["inbound", "outbound", "none"]
    summary: str
    text: str | None = Field(default=None, description="Of an activity: what was said, where it was reported.")
    link: str | None
    thread_key: str | None = Field(default=None, description="Activities of one chat or e-mail thread have the same.")
    conversation_id: str | None
    message_id: str | None
    user_id: str | None
