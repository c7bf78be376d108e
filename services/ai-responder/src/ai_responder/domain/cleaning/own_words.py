"""What the model itself says: without its reasoning, the tokens of its chat template, and turns of others it plays.

Servers are meant to take all of this out; many do so for some models only. Shapes, by family:

    <think>…</think>answer                                             most models; the first tag may be missing
    <|channel|>analysis<|message|>…<|end|><|channel|>final<|message|>…  harmony (gpt-oss)
    <|channel>thought … <channel|>answer                               Gemma 4
    answer<|im_end|><|im_start|>user…   answer</s>[INST] …             templates that run on
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_REASONING = (
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<thoughts>", "</thoughts>"),
    ("<reasoning>", "</reasoning>"),
    ("<reflection>", "</reflection>"),
    ("<scratchpad>", "</scratchpad>"),
    ("<seed:think>", "</seed:think>"),
    ("<analysis>", "</analysis>"),
    ("<unused94>", "<unused95>"),
    ("[think]", "[/think]"),
    ("\u25c1think\u25b7", "\u25c1/think\u25b7"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|channel>", "<channel|>"),
)
_WRAPPERS = tuple(
    (f"<{name}>", f"</{name}>")
    for name in ("answer", "final_answer", "response", "output", "reply", "assistant", "message", "sms")
)
_CHANNEL, _MESSAGE, _BARE_FINAL = "<|channel|>", "<|message|>", "assistantfinal"

_TOKEN = re.compile(
    r"<[|\uff5c][^<>|\uff5c]{1,40}[|\uff5c]>|<\|turn>|<turn\|>|</?s>|<(?:bos|eos|pad|unk|eot)>|<(?:start|end)_of_turn>"
    r"|\[/?INST\]|\[EOS\]|<</?SYS>>",
    re.IGNORECASE,
)
"""Tokens of chat templates. The repeat is bounded, so the search is linear."""
_ENDS = ("im_end", "endoftext", "eot", "end_of_text", "end_of_turn", "endofsentence", "return", "eom_id", "eos", "done")
_BEGINS_A_TURN = ("im_start", "start_of_turn", "startofturn", "turn", "start_header_id", "start")
_OTHERS = ("user", "inst", "system", "sys", "tool", "observation", "customer", "human")
_OURS = ("assistant", "/inst", "model", "chatbot", "bot", "ai")
_ASCII_LOWER = str.maketrans({chr(code): chr(code + 32) for code in range(65, 91)})


def own_words(text: str) -> str:
    """The answer proper; empty if there is none. Linear in the text."""
    return _first_turn(_unwrapped(without_reasoning(text))).strip()


def without_reasoning(text: str) -> str:
    text = _final_channel(text)
    lowered = text.translate(_ASCII_LOWER)
    for opens, closes in _REASONING:
        if opens in lowered or closes in lowered:
            text = _without(text, opens, closes)
            lowered = text.translate(_ASCII_LOWER)
    return text


def has_reasoning(text: str) -> bool:
    """Whether the model reasoned in the open. `thought` on a line of its own is what is left where a server took the
    tokens out and left the words."""
    lowered = text.translate(_ASCII_LOWER)
    marks = (mark for pair in (*_REASONING, (_CHANNEL,)) for mark in pair)
    begins = lowered.startswith(("thought\n", "thought:"))
    return begins or _is_bare_analysis(text) or any(mark in lowered for mark in marks)


def _final_channel(text: str) -> str:
    """Harmony: the last `final` channel; what stands in others is not for the customer. With the tokens taken out it
    reads `analysis…assistantfinal…`."""
    if _CHANNEL not in text:
        final = text.rfind(_BARE_FINAL) if _is_bare_analysis(text) else -1
        return text[final + len(_BARE_FINAL) :] if final >= 0 else text
    before, *channels = text.split(_CHANNEL)
    finals = [channel for channel in channels if channel.lstrip().startswith("final")]
    if not finals:
        return before
    return finals[-1].partition(_MESSAGE)[2] or finals[-1].lstrip().removeprefix("final")


def _is_bare_analysis(text: str) -> bool:
    """`analysisWe need to …`, and no sentence that begins with the word."""
    return text.startswith("analysis") and text[8:9].isupper()


def _without(text: str, opens: str, closes: str) -> str:
    """Without what stands between the two marks. A closing mark alone ends reasoning from the beginning on; an opening
    one alone begins reasoning that was cut off."""
    lowered = text.translate(_ASCII_LOWER)
    kept: list[str] = []
    at = 0
    begin, end = lowered.find(opens), lowered.find(closes)
    while begin >= 0 or end >= 0:
        if end >= 0 and (begin < 0 or end < begin):
            kept.clear()
        elif end < 0:
            return "".join([*kept, text[at:begin]])
        else:
            kept.append(text[at:begin])
        at = end + len(closes)
        begin = lowered.find(opens, at) if begin >= 0 else -1
        end = lowered.find(closes, at)
    return "".join([*kept, text[at:]])


def _unwrapped(text: str) -> str:
    lowered = text.translate(_ASCII_LOWER)
    for opens, closes in _WRAPPERS:
        begin, end = lowered.find(opens), lowered.rfind(closes)
        if 0 <= begin < end:
            return text[begin + len(opens) : end]
    return text


def _first_turn(text: str) -> str:
    """The first thing the assistant says, up to the end of its turn."""
    said: list[str] = []
    spoken = False
    for ours, piece in _pieces(text):
        if ours:
            said.append(piece)
            spoken = spoken or bool(piece.strip())
        elif spoken:
            break
    return "".join(said)


def _pieces(text: str) -> Iterator[tuple[bool, str]]:
    """Runs of text between tokens, and whether the assistant says them."""
    ours, header, at, spoken = True, False, 0, False
    for token in _TOKEN.finditer(text):
        ours, piece = _by_header(text[at : token.start()]) if header else (ours, text[at : token.start()])
        spoken = spoken or bool(ours and piece.strip())
        yield ours, piece
        name = _name(token.group())
        header = name.startswith(_BEGINS_A_TURN) and not token.group().startswith("<turn")
        if header or name.startswith(_OTHERS) or (spoken and _ends(token.group(), name)):
            ours = False
            yield ours, ""
        elif name.startswith(_OURS):
            yield False, ""  # a turn of its own, even after another of its own
            ours = True
        at = token.end()
    yield _by_header(text[at:]) if header else (ours, text[at:])


def _by_header(piece: str) -> tuple[bool, str]:
    """`assistant\\nHello`: who speaks, and what. Without a name it is the assistant's."""
    head, _, rest = piece.partition("\n")
    role = head.strip().casefold()
    if role.startswith(_OTHERS):
        return False, rest
    return True, rest if role in _OURS else piece


def _name(token: str) -> str:
    return "".join(char for char in token.casefold() if char.isalnum() or char in "_/")


def _ends(mark: str, name: str) -> bool:
    return mark in ("<turn|>", "</s>") or name.startswith(_ENDS) or name == "end"
