"""What people call their columns, in English, Spanish, French, German and Portuguese.

Headers are compared folded: lower case, no accents, words parted by one space. The longest phrase decides, so "company
name" is a company and "work phone" a phone.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache


def _phrases(text: str) -> frozenset[str]:
    return frozenset(" ".join(phrase.split()) for phrase in text.split("|"))


MOBILE = _phrases(
    """
    mobile | mobile phone | mobile number | mobile no | mobile phone number | cell | cell phone | cellphone |
    cellular | cell number | cell no | sms | sms number | text number | wireless | movil | telefono movil |
    numero movil | celular | numero celular | telefono celular | numero de celular | portable | telephone
    portable | numero portable | tel portable | gsm | handy | handynummer | handynr | mobil | mobiltelefon |
    mobilnummer | mobilfunk | mobilfunknummer | mobiltel | mobilfunknr | telemovel | numero de telemovel |
    telefone celular | telefone movel | whatsapp | numero de movil | tel mobile | no de portable | numero de
    portable | n de celular
    """
)
PHONES = _phrases(
    """
    phone | phone number | phone no | phonenumber | phone 1 | phone 2 | phone1 | phone2 | telephone | telephone
    number | tel | tel no | tel nr | contact number | contact no | contact phone | number | home phone | work
    phone | business phone | office phone | primary phone | daytime phone | evening phone | other phone | phone
    home | phone work | msisdn | e164 | e 164 | recipient | recipients | to | telefono | numero de telefono |
    numero telefonico | num telefono | no telefono | telefono fijo | telefono 1 | telefono 2 | numero | fono |
    numero de telephone | no de telephone | n de telephone | telephone fixe | telephone domicile | numero tel |
    telefon | telefonnummer | telefonnr | telefon nr | rufnummer | telefonnummern | festnetz | festnetznummer |
    nummer | tel privat | telefon privat | telefon geschaftlich | telefon geschaeftlich | telefone | numero de
    telefone | n de telefone | fone | telefone fixo | telefone 1 | telefone 2 | contacto | contato | customer
    phone | client phone | phone primary | destination
    """
)
WORDS: dict[str, frozenset[str]] = {
    "name": _phrases(
        """
        name | full name | fullname | contact | contact name | customer | customer name | client | client name |
        display name | person | guest | guest name | patient | patient name | member | member name | recipient
        name | nombre completo | nombre y apellidos | nombre y apellido | nombre | cliente | nombre del cliente
        | paciente | nom complet | nom et prenom | prenom et nom | nom prenom | nom du client | kunde |
        kundenname | vollstandiger name | vollstaendiger name | vor und nachname | ansprechpartner | kontakt |
        nome | nome completo | nome do cliente
        """
    ),
    "first_name": _phrases(
        """
        first name | firstname | first | given name | givenname | forename | fname | christian name | primer
        nombre | nombre de pila | nombres | prenom | prenoms | vorname | vornamen | rufname | primeiro nome |
        nome proprio
        """
    ),
    "last_name": _phrases(
        """
        last name | lastname | last | surname | family name | familyname | lname | second name | apellido |
        apellidos | primer apellido | nom | nom de famille | nachname | familienname | zuname | sobrenome |
        apelido | ultimo nome
        """
    ),
    "company": _phrases(
        """
        company | company name | organization | organisation | organization name | organisation name | business
        | business name | employer | firm | account | account name | empresa | nombre de la empresa | compania |
        razon social | negocio | organizacion | entreprise | societe | nom de l entreprise | raison sociale |
        firme | firma | firmenname | unternehmen | unternehmensname | organisation name | betrieb | companhia |
        nome da empresa | organizacao | sociedade
        """
    ),
    "email": _phrases(
        """
        email | e mail | mail | email address | e mail address | emailaddress | correo | correo electronico |
        email del cliente | direccion de correo | courriel | adresse email | adresse e mail | adresse mail |
        adresse electronique | mailadresse | email adresse | e mail adresse | endereco de email | correio
        eletronico | e mails
        """
    ),
}
NOT_A_PHONE = frozenset({"fax", "telefax", "telecopie", "id", "kundennummer", "account number", "customer number"})
_CAMEL = re.compile(r"([a-z])([A-Z])")
_PLAIN_WORD = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=2000)
def folded(header: str) -> str:
    """Lower case, no accents, everything but letters and digits one space; camelCase parted."""
    parted = _CAMEL.sub(r"\1 \2", header[:200])
    plain = unicodedata.normalize("NFKD", parted.casefold()).encode("ascii", "ignore").decode()
    return _PLAIN_WORD.sub(" ", plain).strip()


_PHRASES: list[tuple[str, str]] = sorted(
    (
        *((phrase, "mobile") for phrase in MOBILE),
        *((phrase, "phone") for phrase in PHONES),
        *((phrase, field) for field, phrases in WORDS.items() for phrase in phrases),
        *((phrase, "") for phrase in NOT_A_PHONE),
    ),
    key=lambda pair: -len(pair[0]),
)
_EXACT = dict(reversed(_PHRASES))


@lru_cache(maxsize=2000)
def kind_of(header: str) -> tuple[str, bool]:
    """What a header names: `mobile`, `phone`, a known field, or ""; and whether the whole header says it."""
    plain = folded(header)
    if plain in _EXACT:
        return _EXACT[plain], True
    if "fax" in plain:
        return "", True
    padded = f" {plain} "
    for phrase, kind in _PHRASES:
        if len(phrase) > 2 and f" {phrase} " in padded:
            return kind, False
    return "", False
