"""Every setting of every service, with default and meaning, from the settings classes themselves."""

from __future__ import annotations

from typing import Any

from pydantic.fields import FieldInfo

from all_in_one.assembly import PARTS
from shared.settings import PlatformSettings


def describe() -> str:
    lines = ["Settings (environment, or a .env file)\n", "for every process:"]
    lines += _rows(PlatformSettings.model_fields)
    for settings, build in PARTS:
        own = {
            name: field for name, field in settings.model_fields.items() if name not in PlatformSettings.model_fields
        }
        if own:
            lines += ["", f"{build.__module__.split('.')[0].replace('_', '-')}:", *_rows(own, settings)]
    return "\n".join(lines)


def _rows(fields: dict[str, FieldInfo], settings: type[Any] = PlatformSettings) -> list[str]:
    prefix = str(settings.model_config.get("env_prefix", ""))
    return [
        f"  {(prefix + name).upper():32} {_default(field):24} {field.description or ''}"
        for name, field in fields.items()
    ]


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "(required)"
    value = field.get_default(call_default_factory=True, validated_data={})
    text = str(value) if value not in ("", None) else "-"
    return text if text.strip("*") else "-"
