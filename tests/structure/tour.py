"""A walk through every page of the product, as the people who see it, in one language.

The walk is made once per language and worker; the tests of templates, languages and addresses look at what it brought.
"""

import html
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from flask import Flask, template_rendered
from jinja2 import Template

from config import ROOT
from diploma.core.lang import Lang
from diploma.learning.loader import load
from diploma.learning.translation import standing, workbooks
from tests.conftest import PASSWORD
from tests.coursework.offline.conftest import packed, sheet_of
from tests.coursework.samples import DOCX
from tests.structure.stage import FILE, SIGNED_OUT, Stage
from tests.world import M2

# Addresses are written with the names of Stage.ids and with these.
PLACES = {
    "M": f"/modules/{M2}",
    "M3": "/modules/m3-co-creation",
    "L1": f"/modules/{M2}/lessons/01-from-complaint-to-challenge",
    "L2": f"/modules/{M2}/lessons/02-evidence-and-assumptions",
    "C": "/cohorts/uz-1",
    "K": "/certificates/cohorts/uz-1",
    "P": "/partners/uz",
    "A": "/cohorts/uz-next/admission",
    "M2": M2,
    "L": "01-from-complaint-to-challenge",
    "T": f"/translations/uz-Cyrl/{M2}",
}
LISTED = """E-mail,F.I.Sh.,Tashkilot,Til
fresh@uz.test,Янги Одам,Адлия вазирлиги,uz-Cyrl
no address,Бирор Киши,,klingon
"""

# Pages that answer 200, by the person who opens them.
PAGES: dict[str, str] = {
    "": """
        / /help /privacy /accessibility /contact /sign-in /forgot /activate/{activation} /reset/{reset} /modules/
        /verify /verify/{token} /verify/{revoked} /verify?code={token} /registry /styleguide
        /verify /verify/{token} /verify/{revoked} /verify?code={token} /verify/batch /styleguide
        /apply/{call} /apply/mine/{own} /apply/mine/{handed_in} /apply/mine/{own}/withdraw /offers/{offer}
        /apply/address/{new_address} /apply/address/confirm/{proof} /register/uz /register/confirm/{registration_link}
        /glossary /glossary?q=zzz /search /search?q=challenge /search?q=zzz
    """,
    "aziza@uz.test": """
        /dashboard /contact /account /account/name /account/password /certificates/ /certificates/names
        /modules/ {M} {L1} {L1}?alt=ar {L1}?video=shown {L2}?alt=en {M}/print {M}/print?alt=ar {M}/notes {L1}/notes/gone
        {L1}/report {L1}/report?section=why {M}/assignment/print {M}/assignment /receipts/{receipt} {M}/result {M}/quiz
        {M}/assignment/extension
        {M}/quiz/{attempt}/1 {M}/quiz/{attempt}/2 {M}/quiz/{attempt}/3 {M}/quiz/{attempt}/4 {M}/quiz/{attempt}/5
        {M}/quiz/{attempt}/6 {M}/quiz/{attempt}/7 {M}/quiz/{attempt}/8 {M}/quiz/{attempt}/9 {M}/quiz/{attempt}/10
        {M}/quiz/{attempt}/submit {M}/quiz/{finished}/review /glossary /search?q=challenge /search?q=a&in=lessons
        {M}/worksheets/{sheet} {M}/worksheets/{sheet}/print {M}/worksheets/{sheet}/print?empty=1
        {C}/discussions {C}/discussions?q=zzz {C}/discussions/{thread} {C}/discussions/{thread}?answer=2
        {C}/discussions/new {C}/discussions/mails {C}/discussions/{thread}/posts/{own_post}/edit {C}/announcements
        {C}/discussions/{thread}/posts/{own_post}/take-back {C}/discussions/{thread}/posts/{answer}/report
        {M}/peers {M}/peers/{given_review} {M}/reviews/{got_review}/reply {M}/reviews/{got_review}/report
        /messages/ /messages/{received}
        /account/applications /account/applications/{own_application} /account/applications/{own_application}/withdraw
    """,
    "deferred@uz.test": "/dashboard /modules/ {M} {M}/assignment /enrolments/{deferred}/results",
    "earned@uz.test": "/dashboard {M}/assignment /receipts/{released_receipt} /receipts/{released_receipt}/feedback",
    "named@uz.test": "/dashboard {M}/assignment /receipts/{returned_receipt}",
    "unnamed@uz.test": """
        /dashboard {M}/assignment /certificates/ /certificates/names /receipts/{appeal_receipt}
        /receipts/{appeal_receipt}/appeals /receipts/{appeal_receipt}/appeals/{upheld_appeal}/second
    """,
    "bobur@uz.test": "/account/name /dashboard {M}/assignment/extension {M}/notes {M}/assignment {M}/quiz {M}/result",
    "holder@uz.test": """
        /account/applications /dashboard /modules/ {M}/assignment /certificates/ /certificates/names
        /certificates/{serial}
    """,
    "revoked@uz.test": "/certificates/ /certificates/{undrawn}",
    "salem@ae.test": "/dashboard /modules/ {M}/assignment /cohorts/ae-1/discussions /messages/",
    "coordinator@ae.test": "/dashboard /cohorts/ae-1/admission /readings/",
    "instructor@uz.test": """
        /dashboard /marking/ /marking/?state=marked /marking/{marking} /marking/{marked} /marking/{marked}/members
        /marking/?whose=mine&attempt=again /marking/{marking}/conflict /marking/conflicts
        /marking/conflicts/{conflict}/take-back
        /marking/?whose=mine&attempt=again /marking/{marking}/conflict /marking/{marked}/files/1/pages/1
        /marking/offline/ /marking/offline/?state=marked /marking/offline/?state=released
        /marking/?whose=mine&attempt=again /marking/{marking}/conflict
        /marking/?state=returned /marking/{returned_marking} /marking/{marking}/return /receipts/
        /receipts/?number={returned_receipt}
        /marking/comments/ /marking/comments/?q=zzz /marking/comments/new /marking/comments/{banked}
        /marking/comments/{banked}/delete /marking/agree/{to_agree} /marking/?state=reconciling
        /marking/comments/{banked}/delete
        {C}/extensions {C}/extensions/{asked_extension} {C}/extensions/{granted_extension} {C}/dates
        {C}/peers {C}/peers/{given_review} {C}/peers/{got_review} {C}/peers/{got_review}/hide {C}/peers/add
        {C}/peers/{got_review}/show {C}/peers/{got_review}/keep {C}/peers/{given_review}/move
        {C}/peers/people/{peer}/time
        /sessions/{session_due} /sessions/{session_due}?all=present /sessions/{held} /sessions/{session_ahead}
        /marking/?first=mine /account {C}/release {C}/release/{M2} {C}/people/{enrolment}/release
        /cohorts/ {C} {C}/roster {C}/roster?tutor=me /modules/ {M} {L1} {M}/quiz {M}/assignment
        {M}/worksheets/{sheet} {M}/workshops/w1 {M}/workshops/w1/print?cohort=uz-1
    """,
    "coordinator@uz.test": """
        /dashboard /cohorts/ /cohorts/?state=archived {C} {C}?sort=-seen {C}/roster {C}/roster?q=zzz {C}/marks
        {C}/behind {C}/allocation {C}/conflicts {C}/assessment/marking /marking/{marking}/author
        {C}/people/{enrolment} {C}/people/{listed} {C}/people/{enrolment}/results
        {C}/tutors {C}/roster?tutor=none&sort=-tutor
        {C}/roster?standing=bounced {C}/people/{returned} {C}/people/{listed}/address
        {C}/people/{enrolment}/withdraw {C}/people/{enrolment}/reinstate {C}/import {C}/imports/{import}
        {C}/imports/{import}/undo {C}/import/{draft} {C}/import/{draft}?show=all&edit=2 {C}/import/{draft}?show=decide
        {C}/import/{draft}/columns {C}/import/{draft}/confirm {C}/import/{draft}/drop
        {C}/import/{draft_refused}/progress
        {C}/sessions/new /sessions/{session_due}/edit /sessions/{session_due}/cancel
        {C}/people/{enrolment}/defer {C}/people/{enrolment}/move
        {C}/people/{deferred} {C}/people/{enrolment}/move?to=uz-2
        /name-requests/ /name-requests/{request}
        {C}/away /cohorts/uz-2/away {C}/clone {C}/calendar {C}/calendar/{own_holiday}/remove
        {P}/calendar {P}/calendar/{holiday}/remove
        {C}/assessment {C}/assessment/late {C}/assessment/late?module={M2} {C}/assessment/second
        {C}/second-marking {C}/second-marking/{M2} {C}/samples {C}/samples/new /second-marking/agreement
        {C}/assessment {C}/assessment/late {C}/assessment/late?module={M2} {C}/assessment/attempts
        {C}/assessment/peers {C}/peers
        {C}/attempts {C}/attempts?module={M2} {C}/attempts/{work} {C}/attempts/{work}/2/close
        {C}/attempts/{work}/1/count {C}/attempts/{work}/1/excuse
        {C}/assessment {C}/assessment/late {C}/assessment/late?module={M2} {C}/assessment/extensions
        {C}/assessment/appeals /appeals/ /appeals/{appeal}
        {C}/groups {C}/groups/{group} {C}/groups/{group}/dissolve
        {C}/extensions {C}/dates {C}/dates/{own_dates}/end {C}/works/{eased}/lateness
        {C}/settings {C}/settings/state/marking {C}/roles {C}/roles/{grant}/end
        /partners/ {P} {P}?on=2020-01-01 {P}?q=zzz {P}/entities/new {P}/cohorts/new {P}/settings {P}/roles
        {P}/roles?q=zzz {P}/roles/{grant}/end {P}/entities/{entity} /entities/{entity}/rename /entities/{entity}/move
        /entities/{entity}/close /entities/{entity}/merge /entities/{entity} /certificates/ {K}
        {C}/discussions/{thread} {C}/discussions/{thread}/posts/{answer}/hide {C}/discussions/reports {C}/announcements
        {C}/announcements/new {C}/announcements/{announcement}/edit {C}/announcements/{announcement}/withdraw
        {C}/messages {C}/messages/people {C}/messages/people?q=zzz {C}/messages/{message_draft}
        {C}/messages/{message_draft}/write {C}/messages/{sent}
        {A} {A}?state=reading&sort=-rank {A}?q=zzz {A}/applications/{application} {A}/applications/{stuck}
        {A}/applications/{stuck}/address {A}/settings {A}/rules {A}/questions
        {A}/criteria {A}/letters/offer {A}/readers {A}/decision {A}/nominate {A}/registrations
        {A}/registrations/{registration}/refuse {P}/registration /readings/ /readings/{reading}
    """,
    "again@uz.test": """
        /marking/second/ /marking/second/{second_reading} /marking/agree/{to_agree} /samples/{sample}
        /marking/second/{second_reading}/conflict
        /appeals/ /appeals/?sort=-asked /appeals/{appeal} /appeals/{upheld_appeal}
        /marking/second/{second_reading}/files/1/pages/1
    """,
    "manager@uz.test": """
        /dashboard /entities/ /entities/{entity} /entities/{entity}?behind=1 /entities/{entity}?q=zzz
        /nominations/ /nominations/uz-next /nominations/{nomination}/withdraw
    """,
    "director@test.test": """
        /entities/
        /jobs/ /dashboard /partners/ /partners/new {K}?group=approval /corrections/ /corrections/?state=declined
        /corrections/?state=corrected /corrections/{mistake} /corrections/{answered} {M}/print {M}/assignment/print
        /search?q=aziza
    """,
    "translator@test.test": """
        /dashboard /translations/ {T} {T}?state=missing {T}?state=draft&page=2
        {T}/module/title {T}/lessons/{L}/why {T}/lessons/{L}/idea
        /translations/ar/{M2} /translations/ar/glossary/glossary/gate/term /translations/uz-Cyrl/uploads/ /account
    """,
    "reader@test.test": "/translations/ {T}/module/title {T}/lessons/{L}/why /translations/ar/{M2}/module/title",
    "registrar@test.test": """
        {P}/register /dashboard /certificates/ {K}/issue?certificate={ready} {K}?group=ineligible {K}?group=eligible
        {K}?group=names {K}?group=approval {K}?group=ready {K}?group=issued {K}?group=ended
        /dashboard /certificates/ {K}/issue?certificate={ready} {K}?group=ineligible {K}?group=eligible
        {K}?group=names {K}?group=approval {K}?group=ready {K}?group=issued {K}?group=ended {K}/transcripts
        /certificates/{serial}/revoke /certificates/{serial}/suspend /certificates/{serial}/resume
        /certificates/{serial}/reissue {K}/{waiting}/send-back /certificates/{serial}
        /jobs/ /jobs/{batch} /jobs/{batch_over}
    """,
}

# Pages with another answer, and what forms say that are refused: person, method, address, fields, status.
OTHERS: tuple[tuple[str, str, str, dict[str, Any], int], ...] = (
    ("", "GET", "/no-such-page", {}, 404),
    ("", "GET", "/activate/gone", {}, 410),
    ("", "GET", "/reset/gone", {}, 410),
    ("", "GET", "/apply/mine/gone", {}, 410),
    ("", "POST", "/apply/{call}", {}, 422),
    ("", "POST", "/apply/{call}", {"full_name": "Нодира", "email": "n@mail.test", "language": "ru"}, 200),
    ("", "POST", "/apply/mine/{asked}", {"submit": "1", "full_name": "Нодира", "language": "ru"}, 422),
    ("", "POST", "/apply/address/{new_address}", {}, 422),
    ("", "POST", "/offers/{offer_taken}", {"answer": "decline"}, 200),
    ("", "POST", "/register/uz", {}, 422),
    ("", "POST", "/register/confirm/{registration_link}", {}, 200),
    ("", "GET", "/verify?code=x", {}, 422),
    ("", "GET", "/verify?code={serial}", {}, 422),
    ("", "GET", "/verify/0000000000000000", {}, 404),
    ("", "POST", "/verify", {}, 422),
    ("", "POST", "/verify/batch", {}, 422),
    ("", "POST", "/verify/batch", {"codes": "0000000000000000\n12"}, 200),
    ("", "POST", "/sign-in", {"email": "nobody@uz.test", "password": "x"}, 422),
    ("", "POST", "/forgot", {}, 200),
    ("", "POST", "/forgot", {"email": "nobody@uz.test"}, 200),
    ("", "POST", "/activate/{activation}", {"password": "short", "again": "other"}, 200),
    ("", "POST", "/activate/gone/again", {}, 200),
    ("", "POST", "/account", {"language": "en"}, 401),
    ("aziza@uz.test", "GET", "/marking/", {}, 403),
    ("aziza@uz.test", "GET", "{M3}", {}, 403),
    ("aziza@uz.test", "POST", "/account/password", {}, 200),
    ("aziza@uz.test", "POST", "/certificates/names", {}, 422),
    ("aziza@uz.test", "POST", "/certificates/transcripts/{enrolment}", {}, 409),
    ("aziza@uz.test", "POST", "{M}/assignment/resubmit", {}, 409),
    ("aziza@uz.test", "POST", "{L1}/report", {}, 422),
    ("aziza@uz.test", "POST", "{L1}/notes/why", {"text": "Лишнее"}, 422),
    ("aziza@uz.test", "POST", "{L1}/notes/why", {"text": "Иначе", "key": "k" * 20, "base": "9"}, 409),
    ("aziza@uz.test", "GET", "{M}/workshops/w1", {}, 404),
    ("aziza@uz.test", "POST", "{M}/worksheets/{sheet}", {"{control}": "Лишнее"}, 422),
    ("aziza@uz.test", "POST", "{M}/worksheets/{sheet}", {"{control}": "Иначе", "key": "k" * 20, "base": "9"}, 409),
    ("aziza@uz.test", "POST", "{C}/discussions/new", {}, 422),
    ("aziza@uz.test", "POST", "{C}/discussions/{thread}", {}, 422),
    ("coordinator@uz.test", "POST", "{C}/announcements/new", {"key": "k" * 20, "heading_en": "A"}, 409),
    ("coordinator@uz.test", "POST", "{C}/messages/{message_draft}/write", {"heading_en": "{{x}}", "version": "2"}, 409),
    ("", "GET", "/unfollow/no-such", {}, 404),
    ("director@test.test", "POST", "/corrections/{mistake}", {}, 422),
    ("director@test.test", "POST", "/corrections/{answered}", {"state": "corrected", "answer": "Нет"}, 409),
    ("bobur@uz.test", "POST", "{M}/assignment",
     {"do": "submit", "key": "k" * 20, "base": "{base}", "language": "ru", "text": "Мало слов"}, 422),
    ("bobur@uz.test", "POST", "{M}/assignment", {"key": "k" * 21, "base": "1", "language": "ru"}, 409),
    ("revoked@uz.test", "GET", "/certificates/{undrawn}.pdf", {}, 202),
    ("registrar@test.test", "GET", "/certificates/specimens/{specimen}", {}, 202),
    ("registrar@test.test", "POST", "{K}/{waiting}/send-back", {"issuer": "programme"}, 422),
    ("instructor@uz.test", "POST", "/marking/{marking}", {"do": "mark", "version": "1"}, 422),
    ("instructor@uz.test", "POST", "/marking/{marking}", {"do": "mark", "version": "99", "comment": "Иначе"}, 409),
    ("instructor@uz.test", "POST", "/marking/{marking}", {"keep": "", "comment": ""}, 200),
    ("instructor@uz.test", "POST", "/marking/{marking}", {"insert": "{banked}"}, 200),
    ("instructor@uz.test", "POST", "/marking/{marked}", {"note": "save", "note_text": "Где?"}, 422),
    ("instructor@uz.test", "POST", "/marking/{marked}", {"note": "words", "note_line": "1"}, 200),
    ("instructor@uz.test", "POST", "/marking/{marked}/files/1/pages/1", {}, 422),
    ("instructor@uz.test", "POST", "/marking/comments/new", {}, 422),
    ("instructor@uz.test", "POST", "/marking/{marking}/return", {}, 422),
    ("instructor@uz.test", "POST", "/marking/{marking}/take-back", {}, 409),
    ("instructor@uz.test", "POST", "/marking/{marked}/members", {"seen": "x"}, 409),
    ("instructor@ae.test", "GET", "/marking/comments/", {}, 200),
    ("instructor@uz.test", "POST", "/sessions/{session_due}",
     {"version": "1", "presence-{enrolment}": "present", "mark-{enrolment}": "900"}, 422),
    ("coordinator@uz.test", "POST", "{C}/import", {}, 422),
    ("coordinator@uz.test", "POST", "{C}/import/{draft}/columns", {"column-0": "entity"}, 422),
    ("coordinator@uz.test", "POST", "{C}/import/{draft}/confirm", {}, 422),
    ("coordinator@uz.test", "POST", "{C}/imports/{import}/undo", {"typed": "99"}, 422),
    ("coordinator@uz.test", "POST", "{A}/settings", {}, 422),
    ("coordinator@uz.test", "POST", "{A}/applications/{stuck}/address", {}, 422),
    ("coordinator@uz.test", "POST", "{A}/rules", {"service": "excluding"}, 422),
    ("coordinator@uz.test", "POST", "{A}/questions", {}, 422),
    ("coordinator@uz.test", "POST", "{A}/nominate", {}, 422),
    ("coordinator@uz.test", "POST", "{A}/readers", {}, 409),
    ("manager@uz.test", "POST", "/nominations/uz-next", {}, 422),
    ("coordinator@uz.test", "POST", "/readings/{reading}", {}, 422),
    ("coordinator@uz.test", "POST", "{P}/registration", {"domain": "mail.ru"}, 422),
    ("coordinator@uz.test", "POST", "{C}/sessions/new", {}, 422),
    ("coordinator@uz.test", "POST", "{C}/settings", {}, 422),
    ("coordinator@uz.test", "POST", "{C}/settings/dates", {"m2-challenge-assessment-due_at": "x"}, 422),
    ("coordinator@uz.test", "POST", "{C}/assessment/late", {}, 422),
    ("coordinator@uz.test", "POST", "{C}/assessment/late", {"do": "back"}, 200),
    ("instructor@uz.test", "POST", "/marking/offline/sheets", {}, 422),
    ("instructor@uz.test", "POST", "/marking/offline/files", {}, 422),
    ("instructor@uz.test", "POST", "/marking/{marking}/conflict", {}, 422),
    ("instructor@uz.test", "POST", "{C}/release/{M2}", {"do": "plan"}, 422),
    ("instructor@uz.test", "POST", "{C}/release/{M2}", {"do": "release", "seen": "x"}, 409),
    ("aziza@uz.test", "POST", "{M}/peers/{given_review}", {"do": "done", "version": "1"}, 422),
    ("aziza@uz.test", "POST", "{M}/peers/{given_review}", {"version": "9", "comment": "Иначе"}, 409),
    ("aziza@uz.test", "POST", "{M}/reviews/{got_review}/reply", {}, 422),
    ("instructor@uz.test", "POST", "{C}/peers/{got_review}/hide", {}, 422),
    ("instructor@uz.test", "POST", "{C}/peers/add", {}, 422),
    ("coordinator@uz.test", "POST", "{C}/assessment/peers", {"on": "y", "reviews": "x"}, 422),
    ("instructor@uz.test", "POST", "/marking/conflicts/{conflict}/take-back", {}, 422),
    ("instructor@uz.test", "POST", "/marking/{marking}", {"level-voices": "9", "remark-causes": "Лицензия"}, 422),
    ("coordinator@uz.test", "POST", "/marking/{marking}/author", {}, 422),
    ("coordinator@uz.test", "POST", "{C}/allocation", {"everything": "1"}, 200),
    ("coordinator@uz.test", "POST", "{C}/allocation", {"everything": "1", "do": "show", "way": "evenly"}, 422),
    ("coordinator@uz.test", "POST", "{C}/allocation",
     {"everything": "1", "do": "show", "way": "hand", "person": "none"}, 200),
    ("coordinator@uz.test", "POST", "{C}/assessment/second", {"on": "y", "border": "x"}, 422),
    ("coordinator@uz.test", "POST", "{C}/samples/new", {}, 422),
    ("again@uz.test", "POST", "/marking/second/{second_reading}", {"do": "mark", "version": "1"}, 422),
    ("again@uz.test", "POST", "/marking/agree/{to_agree}", {"do": "propose", "why": ""}, 409),
    ("again@uz.test", "POST", "/samples/{sample}", {}, 422),
    ("coordinator@uz.test", "POST", "{C}/assessment/attempts", {}, 422),
    ("coordinator@uz.test", "POST", "{C}/attempts/open", {"work": "{work}"}, 200),
    ("coordinator@uz.test", "POST", "{C}/attempts/open", {"work": "{work}", "confirmed": "1"}, 422),
    ("coordinator@uz.test", "POST", "{C}/attempts/{work}/2/close", {}, 422),
    ("coordinator@uz.test", "GET", "/receipts/?number=R-0000-0000", {}, 404),
    ("unnamed@uz.test", "POST", "{M}/assignment", {"key": "k" * 21, "base": "1", "language": "ru", "text": "Нет"}, 409),
    ("coordinator@uz.test", "POST", "{C}/assessment/appeals", {}, 422),
    ("unnamed@uz.test", "POST", "/receipts/{appeal_receipt}/appeals", {"key": "k" * 20}, 422),
    ("unnamed@uz.test", "POST", "/receipts/{appeal_receipt}/appeals/{upheld_appeal}/second", {}, 422),
    ("again@uz.test", "POST", "/appeals/{appeal}", {}, 422),
    ("coordinator@uz.test", "POST", "/appeals/{appeal}", {"do": "uphold", "reason": "Нет"}, 409),
    ("coordinator@uz.test", "POST", "{C}/extensions", {}, 422),
    ("coordinator@uz.test", "POST", "{C}/extensions/{asked_extension}", {}, 422),
    ("coordinator@uz.test", "POST", "{C}/extensions/{granted_extension}", {"do": "refuse", "answer": "Нет"}, 409),
    ("coordinator@uz.test", "POST", "{C}/dates", {}, 422),
    ("coordinator@uz.test", "POST", "{C}/groups", {}, 422),
    ("coordinator@uz.test", "POST", "{C}/groups", {"name": "Лицензия"}, 409),
    ("bobur@uz.test", "POST", "{M}/assignment/extension", {}, 422),
    ("coordinator@uz.test", "POST", "{C}/roles", {}, 422),
    ("coordinator@uz.test", "POST", "{C}/roles",
     {"email": "salem@ae.test", "role": "instructor", "scope": "cohort"}, 422),
    ("coordinator@uz.test", "POST", "{C}/people/{enrolment}/waive", {}, 422),
    ("coordinator@uz.test", "POST", "{C}/people/{enrolment}/withdraw", {}, 422),
    ("coordinator@uz.test", "POST", "{C}/people/{listed}/address", {"email": "salem@ae.test"}, 422),
    ("coordinator@uz.test", "POST", "{C}/people/{enrolment}/defer", {"cause": "other"}, 422),
    ("coordinator@uz.test", "POST", "{C}/people/{deferred}/defer", {"cause": "health"}, 409),
    ("coordinator@uz.test", "POST", "{C}/people/{enrolment}/move", {"to": "uz-2"}, 422),
    ("coordinator@uz.test", "POST", "{C}/people/{enrolment}/move", {"to": "ae-1", "reason": "x"}, 422),
    ("coordinator@uz.test", "POST", "{C}/roster/withdraw", {"enrolment": "{enrolment}"}, 200),
    ("coordinator@uz.test", "POST", "{C}/roster/defer", {"enrolment": "{enrolment}", "confirmed": "1"}, 422),
    ("coordinator@uz.test", "POST", "{C}/tutors", {"enrolment": "{enrolment}"}, 200),
    ("coordinator@uz.test", "POST", "{C}/tutors", {"everybody": "1", "do": "show", "way": "hand"}, 422),
    ("coordinator@uz.test", "POST", "{C}/tutors",
     {"everybody": "1", "do": "show", "way": "language", "tutors": "{tutor}"}, 200),
    ("coordinator@uz.test", "POST", "{C}/tutors",
     {"everybody": "1", "do": "save", "way": "evenly", "tutors": "{tutor}", "seen": "x"}, 409),
    ("coordinator@uz.test", "POST", "{C}/away/return", {"enrolment": "{deferred}"}, 200),
    ("coordinator@uz.test", "POST", "{C}/away/return", {"enrolment": "{enrolment}"}, 200),
    ("coordinator@uz.test", "POST", "{C}/away/return", {"enrolment": "{deferred}", "confirmed": "1"}, 422),
    ("coordinator@uz.test", "POST", "{C}/calendar", {"do": "add"}, 422),
    ("coordinator@uz.test", "POST", "{P}/calendar", {"do": "paste", "text": "Наврўз"}, 422),
    ("coordinator@uz.test", "POST", "{C}/clone", {}, 422),
    ("coordinator@uz.test", "POST", "/name-requests/{request}", {"do": "refuse"}, 422),
    ("bobur@uz.test", "POST", "/account/name", {"why": "x", "name_ru": "Бобур"}, 422),
    ("coordinator@uz.test", "POST", "{C}/clone",
     {"do": "propose", "slug": "uz-9", "name_ru": "Поток 9", "starts_on": "2027-06-07", "edition": "same"}, 200),
    ("coordinator@uz.test", "POST", "{P}/entities/new", {}, 422),
    ("coordinator@uz.test", "POST", "{P}/cohorts/new", {}, 422),
    ("coordinator@uz.test", "POST", "/entities/{entity}/rename", {}, 422),
    ("coordinator@uz.test", "POST", "/entities/{entity}/close", {"valid_from": "2020-01-01"}, 422),
    ("coordinator@uz.test", "POST", "{P}/entities/{entity}", {"kind": "king"}, 422),
    ("coordinator@uz.test", "POST", "{P}/settings", {}, 422),
    ("coordinator@uz.test", "POST", "{P}/settings/logo", {}, 422),
    ("coordinator@uz.test", "POST", "{P}/roles", {}, 422),
    ("director@test.test", "POST", "/partners/new", {"slug": "Not A Slug"}, 422),
    ("reader@test.test", "POST", "{T}/module/title", {"act": "approved"}, 409),
    ("reader@test.test", "GET", "/translations/uz-Cyrl/uploads/", {}, 403),
    ("reader@test.test", "GET", "/translations/ru/{M2}", {}, 404),
    ("translator@test.test", "POST", "/translations/uz-Cyrl/uploads/", {}, 422),
    ("registrar@test.test", "POST", "/certificates/{serial}/revoke", {}, 422),
    ("registrar@test.test", "POST", "/certificates/{serial}/resume", {"reason": "Ошибка"}, 409),
)  # fmt: skip


@dataclass(frozen=True)
class Page:
    """An answer as it came, and the templates that made it; ``wanted`` is the status that it should have."""

    name: str
    wanted: int
    status: int
    headers: dict[str, str]
    html: str
    templates: frozenset[str]


@contextmanager
def recorded(app: Flask) -> Iterator[list[str]]:
    """The names of the templates that the block renders."""
    names: list[str] = []

    def note(_sender: Any, template: Template, **_: Any) -> None:
        names.append(str(template.name))

    with template_rendered.connected_to(note, app):
        yield names


def walk_through(stage: Stage, lang: Lang) -> list[Page]:
    """All pages in ``lang``. What is walked last changes something: the walk needs a stage of its own."""
    open_page = partial(_open, stage, lang)
    pages = [open_page(who, "GET", path, {}, 200) for who, paths in PAGES.items() for path in paths.split()]
    pages += [open_page(*one) for one in OTHERS]
    pages += [_checked_list(open_page), *_checked_workbooks(open_page)]
    return [*pages, *_checked_marks(stage, open_page), _kept_form(open_page)]


def _open(stage: Stage, lang: Lang, who: str, method: str, path: str, form: dict[str, Any], wanted: int) -> Page:
    def filled(text: Any) -> Any:
        return text.format(**PLACES, **stage.ids) if isinstance(text, str) else text

    data = {filled(name): filled(value) for name, value in form.items()} | {"csrf_token": stage.token(who)}
    address = filled(path)
    address += f"{'&' if '?' in address else '?'}lang={lang.value}"
    with recorded(stage.app) as names:
        answer = stage.browser(who).open(address, method=method, data=data if method == "POST" else None, buffered=True)
    name, headers = f"{method} {path} by {who or 'a visitor'}", dict(answer.headers)
    return Page(name, wanted, answer.status_code, headers, answer.text, frozenset(names))


def _checked_list(open_page: Callable[..., Page]) -> Page:
    """The second step of an import, with a good row and a faulty one."""
    who, file = "coordinator@uz.test", (io.BytesIO(LISTED.encode()), "list.csv")
    sent = open_page(who, "POST", "{C}/import", {"file": file}, 302)
    return replace(open_page(who, "GET", sent.headers["Location"], {}, 200), name=f"the checked list by {who}")


def _checked_workbooks(open_page: Callable[..., Page]) -> Iterator[Page]:
    """A workbook of translations with a good row and faulty ones, one that changes nothing, and one of another kind."""
    who, place = "translator@test.test", "/translations/uz-Cyrl/uploads/"
    for name, data in _workbooks().items():
        sent = open_page(who, "POST", place, {"file": (io.BytesIO(data), "list.xlsx")}, 302)
        wanted = 422 if name == "a list" else 200
        yield replace(open_page(who, "GET", sent.headers["Location"], {}, wanted), name=f"{name}, checked by {who}")


def _checked_marks(stage: Stage, open_page: Callable[..., Page]) -> Iterator[Page]:
    """A mark sheet with a good row and faulty ones, and a ZIP of feedback files with one of each fate."""
    who, place, receipt = "instructor@uz.test", "/marking/offline", stage.ids["receipt"]
    with stage.browser(who).get(f"{place}/works.zip", buffered=True) as answer, ZipFile(BytesIO(answer.data)) as taken:
        sheet = sheet_of(taken.read("marks.xlsx"))
    sheet.fill(receipt, 4)
    sheet.rows.append([*sheet.rows[sheet.number(receipt) - 1]])
    sheet.rows.append(["", "R-0000-0000", *sheet.rows[-1][2:]])
    files = packed(**{f"{receipt}.docx": DOCX, "no.pdf": FILE, f"{receipt}/no.pdf": b"<html>"})
    for field, data in {"sheet": (sheet.saved(), "list.xlsx"), "files": (files, "list.zip")}.items():
        form = {field: (BytesIO(data[0]), data[1])}
        sent = open_page(who, "POST", f"{place}/{field if field == 'files' else 'sheets'}", form, 302)
        yield replace(open_page(who, "GET", sent.headers["Location"], {}, 200), name=f"the checked {field} by {who}")


@cache
def _workbooks() -> dict[str, bytes]:
    texts = standing.texts(load(ROOT / "courses" / "gid"), M2, Lang.UZ_CYRL, {})
    first, second, third, fourth = (texts[key] for key in ("module/title", *(f"quiz/q0{n}/stem" for n in (1, 2, 3))))
    wrong = [replace(first, text="Янги ном"), replace(second, text="77 нафар"), replace(third, key="quiz/q99")]
    rows = {"wrong rows": [*wrong, replace(fourth, source="Other")], "the same rows": [first]}
    write = partial(workbooks.write, source=Lang.EN, lang=Lang.UZ_CYRL, translate=str)
    made = {name: write([("x", one) for one in found]) for name, found in rows.items()}
    return made | {"a list": LISTED.encode()}


def _kept_form(open_page: Callable[..., Page]) -> Page:
    """A form that was sent after its session had ended comes back with the sign-in."""
    asked = open_page(SIGNED_OUT, "POST", "{M}/assignment", {"text": "Длинный текст. " * 10}, 401)
    parked = re.search(r'name="parked"[^>]*value="([^"]+)"', asked.html)
    assert parked
    form = {"email": "holder@uz.test", "password": PASSWORD, "parked": html.unescape(parked[1])}
    return open_page(SIGNED_OUT, "POST", "/sign-in", form, 200)
