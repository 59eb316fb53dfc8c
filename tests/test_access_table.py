"""Every address of the house × everybody who may knock: what each is answered.

A new address needs its two lines here, one for each method; the first test says which are missing. The columns:
anon: nobody · desk: 小王, front desk · sup: 老李, duty supervisor · dir: 陈主任, director · tech: 老郑, technician ·
gate: 老周 · fin: 孙会计, finance · dep: 赵工 while standing in for the director · far: 小秦, front desk of another
estate · idle: 小钱, without a post. 302 leads nobody to the sign-in page, and somebody on to another page: what they
sent was done. 409 and 422 mean that they may, but not this, or not now.
"""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from banli.cases import actions as cases
from banli.cases import attachments, links, packs
from banli.cases.models import Attachment, Case
from banli.cashier.models import Posting
from banli.estate import actions as estate
from banli.estate.authority import actions as authority_actions
from banli.estate.contracts import actions as contracts
from banli.estate.contracts.actions import Terms
from banli.estate.intake.actions import send_in
from banli.estate.keeping import actions as keeping
from banli.estate.models import Authority, Occupancy
from banli.estate.pets import actions as pets
from banli.estate.takeout import actions as takeout
from banli.figures import period, summary
from banli.messages import deliveries
from banli.papers.models import BlankBatch, Paper
from banli.people import actions as people
from banli.people.models import Deputyship, Staff
from banli.routines.models import LogLine
from tests.api.caller import fresh_key, goods
from tests.cases.seals import change, scan
from tests.cashier.conftest import Till, till_pack
from tests.desk.at_the_desk import goods_posted, signature_url
from tests.estate.intake.books import workbook
from tests.messages.telling import MAIL, reached, turn_on
from tests.office import Office, today
from tests.papers.blank_sheets import printed
from tests.routines.walk import PATROL, a_round
from tests.routines.watching import COUNTED, begin, matter

TABLE = r"""
address                                                 method anon desk  sup  dir tech gate  fin  dep  far idle
healthz                                                 GET     200  200  200  200  200  200  200  200  200  200
healthz                                                 POST    200  200  200  200  200  200  200  200  200  200
readyz                                                  GET     503  503  503  503  503  503  503  503  503  503
readyz                                                  POST    503  503  503  503  503  503  503  503  503  503
metrics                                                 GET     404  404  404  404  404  404  404  404  404  404
metrics                                                 POST    404  404  404  404  404  404  404  404  404  404
sign-in/                                                GET     200  302  302  302  302  302  302  302  302  302
sign-in/                                                POST    200  302  302  302  302  302  302  302  302  302
sign-out/                                               GET     302  200  200  200  200  200  200  200  200  200
sign-out/                                               POST    302  302  302  302  302  302  302  302  302  302
password/                                               GET     302  200  200  200  200  200  200  200  200  200
password/                                               POST    302  200  200  200  200  200  200  200  200  200
inactive/                                               GET     403  403  403  403  403  403  403  403  403  403
inactive/                                               POST    405  405  405  405  405  405  405  405  405  405
language/                                               GET     405  405  405  405  405  405  405  405  405  405
language/                                               POST    302  302  302  302  302  302  302  302  302  302
estates/                                                GET     302  200  200  200  200  200  200  200  200  200
estates/                                                POST    302  302  302  302  302  302  302  302  404  404
password/changed/                                       GET     302  200  200  200  200  200  200  200  200  200
password/changed/                                       POST    302  405  405  405  405  405  405  405  405  405
posts/                                                  GET     302  200  200  200  200  200  200  200  200  404
posts/                                                  POST    302  405  405  405  405  405  405  405  405  405
deputies/                                               GET     302  403  200  200  403  403  403  200  403  404
deputies/                                               POST    302  403  422  422  403  403  403  422  403  404
deputies/<row:pk>/closure/                              GET     302  405  405  405  405  405  405  405  405  405
deputies/<row:pk>/closure/                              POST    302  403  403  302  403  403  403  403  404  404
units/<row:pk>/people/                                  GET     302  200  200  200  200  403  200  200  404  404
units/<row:pk>/people/                                  POST    302  405  405  405  405  405  405  405  405  405
units/<row:pk>/people/new/                              GET     302  200  200  200  403  403  403  200  404  404
units/<row:pk>/people/new/                              POST    302  422  422  422  403  403  403  422  404  404
units/<row:pk>/authorities/                             GET     302  200  200  200  403  403  403  200  404  404
units/<row:pk>/authorities/                             POST    302  422  422  422  403  403  403  422  404  404
persons/<row:pk>/                                       GET     302  200  200  200  403  403  403  200  404  404
persons/<row:pk>/                                       POST    302  422  422  422  403  403  403  422  404  404
persons/<row:pk>/unmasking/                             GET     302  405  405  405  405  405  405  405  405  405
persons/<row:pk>/unmasking/                             POST    302  422  422  422  403  403  422  422  404  404
privacy/                                                GET     302  200  200  200  200  200  200  200  200  404
privacy/                                                POST    302  405  405  405  405  405  405  405  405  405
persons/<row:pk>/line/                                  GET     302  200  200  200  200  403  200  200  404  404
persons/<row:pk>/line/                                  POST    302  405  405  405  405  405  405  405  405  405
persons/<row:pk>/erasure/                               GET     302  200  200  200  403  403  200  200  404  404
persons/<row:pk>/erasure/                               POST    302  403  422  422  403  403  403  422  403  404
persons/<row:pk>/export/                                GET     302  405  405  405  405  405  405  405  405  405
persons/<row:pk>/export/                                POST    302  200  200  200  403  403  200  200  404  404
occupancies/<row:pk>/closure/                           GET     302  200  200  200  403  403  403  200  404  404
occupancies/<row:pk>/closure/                           POST    302  302  302  302  403  403  403  302  404  404
authorities/<row:pk>/revocation/                        GET     302  405  405  405  405  405  405  405  405  405
authorities/<row:pk>/revocation/                        POST    302  302  302  302  403  403  403  302  404  404
authorities/<row:pk>/scan/unmasking/                    GET     302  405  405  405  405  405  405  405  405  405
authorities/<row:pk>/scan/unmasking/                    POST    302  422  422  422  403  403  403  422  404  404
units/<row:pk>/contracts/                               GET     302  200  200  200  403  403  403  200  404  404
units/<row:pk>/contracts/                               POST    302  422  422  422  403  403  403  422  404  404
contracts/<row:pk>/                                     GET     302  200  200  200  403  403  403  200  404  404
contracts/<row:pk>/                                     POST    302  405  405  405  405  405  405  405  405  405
contracts/<row:pk>/pages/                               GET     302  405  405  405  405  405  405  405  405  405
contracts/<row:pk>/pages/                               POST    302  422  422  422  403  403  403  422  404  404
contracts/<row:pk>/closure/                             GET     302  405  405  405  405  405  405  405  405  405
contracts/<row:pk>/closure/                             POST    302  302  302  302  403  403  403  302  404  404
contracts/<row:pk>/unmasking/                           GET     302  405  405  405  405  405  405  405  405  405
contracts/<row:pk>/unmasking/                           POST    302  422  422  422  403  403  403  422  404  404
units/<row:pk>/pets/                                    GET     302  200  200  200  403  403  403  200  404  404
units/<row:pk>/pets/                                    POST    302  422  422  422  403  403  403  422  404  404
pets/<row:pk>/closure/                                  GET     302  405  405  405  405  405  405  405  405  405
pets/<row:pk>/closure/                                  POST    302  302  302  302  403  403  403  302  404  404
pets/<row:pk>/withdrawal/                               GET     302  405  405  405  405  405  405  405  405  405
pets/<row:pk>/withdrawal/                               POST    302  302  302  302  403  403  403  302  404  404
pets/<row:pk>/unmasking/                                GET     302  405  405  405  405  405  405  405  405  405
pets/<row:pk>/unmasking/                                POST    302  200  200  200  403  403  403  200  404  404
persons/<row:pk>/holds/                                 GET     302  403  200  200  403  403  403  200  403  404
persons/<row:pk>/holds/                                 POST    302  403  302  302  403  403  403  302  403  404
contracts/<row:pk>/holds/                               GET     302  403  200  200  403  403  403  200  403  404
contracts/<row:pk>/holds/                               POST    302  403  302  302  403  403  403  302  403  404
authorities/<row:pk>/holds/                             GET     302  403  200  200  403  403  403  200  403  404
authorities/<row:pk>/holds/                             POST    302  403  302  302  403  403  403  302  403  404
cases/<row:pk>/holds/                                   GET     302  403  200  200  403  403  403  200  403  404
cases/<row:pk>/holds/                                   POST    302  403  302  302  403  403  403  302  403  404
expiries/                                               GET     302  403  200  200  403  403  403  200  403  404
expiries/                                               POST    302  405  405  405  405  405  405  405  405  405
expiries/gone/                                          GET     302  403  200  200  403  403  403  200  403  404
expiries/gone/                                          POST    302  405  405  405  405  405  405  405  405  405
expiries/confirmation/                                  GET     302  405  405  405  405  405  405  405  405  405
expiries/confirmation/                                  POST    302  403  403  409  403  403  403  409  403  404
holds/                                                  GET     302  403  200  200  403  403  403  200  403  404
holds/                                                  POST    302  405  405  405  405  405  405  405  405  405
holds/<row:pk>/lifting/                                 GET     302  403  403  200  403  403  403  200  403  404
holds/<row:pk>/lifting/                                 POST    302  403  403  302  403  403  403  302  403  404
takeouts/                                               GET     302  403  403  200  403  403  403  200  403  404
takeouts/                                               POST    302  403  403  422  403  403  403  422  403  404
takeouts/<row:pk>/                                      GET     302  403  403  200  403  403  403  200  403  404
takeouts/<row:pk>/                                      POST    302  405  405  405  405  405  405  405  405  405
takeouts/<row:pk>/content/                              GET     302  405  405  405  405  405  405  405  405  405
takeouts/<row:pk>/content/                              POST    302  403  403  409  403  403  403  409  403  404
takeouts/<row:pk>/dropping/                             GET     302  405  405  405  405  405  405  405  405  405
takeouts/<row:pk>/dropping/                             POST    302  403  403  302  403  403  403  302  403  404
intakes/                                                GET     302  403  200  200  403  403  403  200  403  404
intakes/                                                POST    302  403  422  422  403  403  403  422  403  404
intakes/blank.xlsx                                      GET     302  403  200  200  403  403  403  200  403  404
intakes/blank.xlsx                                      POST    302  405  405  405  405  405  405  405  405  405
intakes/<row:pk>/                                       GET     302  403  200  200  403  403  403  200  403  404
intakes/<row:pk>/                                       POST    302  405  405  405  405  405  405  405  405  405
intakes/<row:pk>/<slug:what>/                           GET     302  405  405  405  405  405  405  405  405  405
intakes/<row:pk>/<slug:what>/                           POST    302  403  302  302  403  403  403  302  403  404
papers/cards/<row:case>/                                GET     302  404  404  404  404  404  404  404  404  404
papers/cards/<row:case>/                                POST    302  405  405  405  405  405  405  405  405  405
papers/cards/<row:case>/printings/                      GET     302  405  405  405  405  405  405  405  405  405
papers/cards/<row:case>/printings/                      POST    302  404  404  404  404  404  404  404  404  404
papers/cards/<row:case>/<slug:layout>.pdf               GET     302  404  404  404  404  404  404  404  404  404
papers/cards/<row:case>/<slug:layout>.pdf               POST    302  405  405  405  405  405  405  405  405  405
papers/<row:pk>/                                        GET     302  200  200  200  403  403  403  200  404  404
papers/<row:pk>/                                        POST    302  405  405  405  405  405  405  405  405  405
papers/<row:pk>/printings/                              GET     302  405  405  405  405  405  405  405  405  405
papers/<row:pk>/printings/                              POST    302  302  302  302  403  403  403  302  404  404
papers/<row:pk>/<slug:copy>.pdf                         GET     302  302  302  302  403  403  403  302  404  404
papers/<row:pk>/<slug:copy>.pdf                         POST    302  405  405  405  405  405  405  405  405  405
papers/<row:pk>/<slug:copy>/<int:page>.png              GET     302  200  200  200  403  403  403  200  404  404
papers/<row:pk>/<slug:copy>/<int:page>.png              POST    302  405  405  405  405  405  405  405  405  405
gate/                                                   GET     302  403  403  403  403  200  403  403  403  404
gate/                                                   POST    302  405  405  405  405  405  405  405  405  405
gate/list/                                              GET     302  403  403  403  403  200  403  403  403  404
gate/list/                                              POST    302  405  405  405  405  405  405  405  405  405
gate/offline/                                           GET     302  403  403  403  403  200  403  403  403  404
gate/offline/                                           POST    302  405  405  405  405  405  405  405  405  405
gate/phone.webmanifest                                  GET     200  200  200  200  200  200  200  200  200  200
gate/phone.webmanifest                                  POST    405  405  405  405  405  405  405  405  405  405
gate/records/                                           GET     302  403  403  403  403  200  403  403  403  404
gate/records/                                           POST    302  403  403  403  403  422  403  403  403  404
gate/worker.js                                          GET     200  200  200  200  200  200  200  200  200  200
gate/worker.js                                          POST    405  405  405  405  405  405  405  405  405  405
gate/checks/                                            GET     302  405  405  405  405  405  405  405  405  405
gate/checks/                                            POST    302  403  403  403  403  200  403  403  403  404
gate/passes/<row:pk>/                                   GET     302  403  403  403  403  200  403  403  403  404
gate/passes/<row:pk>/                                   POST    302  405  405  405  405  405  405  405  405  405
gate/passes/<row:pk>/release/                           GET     302  403  403  403  403  404  403  403  403  404
gate/passes/<row:pk>/release/                           POST    302  403  403  403  403  302  403  403  403  404
gate/passes/<row:pk>/mismatch/                          GET     302  405  405  405  405  405  405  405  405  405
gate/passes/<row:pk>/mismatch/                          POST    302  403  403  403  403  302  403  403  403  404
gate/passes/<row:pk>/entry/                             GET     302  403  403  403  403  404  403  403  403  404
gate/passes/<row:pk>/entry/                             POST    302  403  403  403  403  404  403  403  403  404
gate/passes/<row:pk>/passage/                           GET     302  403  403  403  403  404  403  403  403  404
gate/passes/<row:pk>/passage/                           POST    302  403  403  403  403  404  403  403  403  404
gate/passes/<row:pk>/refusal/                           GET     302  405  405  405  405  405  405  405  405  405
gate/passes/<row:pk>/refusal/                           POST    302  403  403  403  403  404  403  403  403  404
rounds/                                                 GET     302  200  200  200  200  200  200  200  200  404
rounds/                                                 POST    302  405  405  405  405  405  405  405  405  405
rounds/<row:pk>/                                        GET     302  403  200  200  403  200  403  200  404  404
rounds/<row:pk>/                                        POST    302  405  405  405  405  405  405  405  405  405
rounds/<row:pk>/findings/                               GET     302  405  405  405  405  405  405  405  405  405
rounds/<row:pk>/findings/                               POST    302  403  403  403  403  302  403  403  404  404
rounds/<row:pk>/settlement/                             GET     302  405  405  405  405  405  405  405  405  405
rounds/<row:pk>/settlement/                             POST    302  403  422  422  403  403  403  422  404  404
rounds/<row:pk>/checks/<slug:check>/case/               GET     302  405  405  405  405  405  405  405  405  405
rounds/<row:pk>/checks/<slug:check>/case/               POST    302  403  422  422  403  422  403  422  404  404
rounds/<row:pk>/photos/<slug:sha256>                    GET     302  403  404  404  403  404  403  404  404  404
rounds/<row:pk>/photos/<slug:sha256>                    POST    302  405  405  405  405  405  405  405  405  405
watches/                                                GET     302  200  200  200  200  200  200  200  200  404
watches/                                                POST    302  403  403  403  403  302  403  403  403  404
watches/days/                                           GET     302  403  200  200  403  403  403  200  403  404
watches/days/                                           POST    302  405  405  405  405  405  405  405  405  405
watches/days/<slug:post>/<slug:day>/                    GET     302  200  200  200  403  403  403  200  200  404
watches/days/<slug:post>/<slug:day>/                    POST    302  405  405  405  405  405  405  405  405  405
watches/days/<slug:post>/<slug:day>/signature/          GET     302  405  405  405  405  405  405  405  405  405
watches/days/<slug:post>/<slug:day>/signature/          POST    302  403  422  422  403  403  403  422  403  404
watches/<row:pk>/                                       GET     302  200  200  200  403  403  403  200  404  404
watches/<row:pk>/                                       POST    302  405  405  405  405  405  405  405  405  405
watches/<row:pk>/lines/                                 GET     302  405  405  405  405  405  405  405  405  405
watches/<row:pk>/lines/                                 POST    302  302  403  403  403  403  403  403  404  404
watches/<row:pk>/offer/                                 GET     302  405  405  405  405  405  405  405  405  405
watches/<row:pk>/offer/                                 POST    302  302  403  403  403  403  403  403  404  404
watches/<row:pk>/withdrawal/                            GET     302  405  405  405  405  405  405  405  405  405
watches/<row:pk>/withdrawal/                            POST    302  409  409  409  403  403  403  409  404  404
watches/<row:pk>/taking/                                GET     302  405  405  405  405  405  405  405  405  405
watches/<row:pk>/taking/                                POST    302  409  409  409  403  403  403  409  404  404
log-lines/<row:pk>/closure/                             GET     302  405  405  405  405  405  405  405  405  405
log-lines/<row:pk>/closure/                             POST    302  302  403  403  302  403  403  403  404  404
morning/                                                GET     302  403  200  200  403  403  403  200  403  404
morning/                                                POST    302  405  405  405  405  405  405  405  405  405
posts/abilities/                                        GET     302  403  403  200  403  403  403  200  403  404
posts/abilities/                                        POST    302  405  405  405  405  405  405  405  405  405
posts/abilities/<row:pk>/                               GET     302  403  403  200  403  403  403  200  403  404
posts/abilities/<row:pk>/                               POST    302  403  403  404  403  403  403  404  403  404
handbook/posts/<slug:post>/                             GET     302  200  200  200  200  200  200  200  200  404
handbook/posts/<slug:post>/                             POST    302  405  405  405  405  405  405  405  405  405
^[gG]/(?P<token>[A-Za-z0-9]{1,400})/?$                  GET     200  200  200  200  200  302  200  200  200  200
^[gG]/(?P<token>[A-Za-z0-9]{1,400})/?$                  POST    405  405  405  405  405  405  405  405  405  405
(start)                                                 GET     302  200  200  200  200  302  200  200  200  302
(start)                                                 POST    302  405  405  405  405  405  405  405  405  405
units/<row:pk>/                                         GET     302  200  200  200  200  403  200  200  404  404
units/<row:pk>/                                         POST    302  405  405  405  405  405  405  405  405  405
units/<row:pk>/file/                                    GET     302  200  200  200  200  403  200  200  404  404
units/<row:pk>/file/                                    POST    302  405  405  405  405  405  405  405  405  405
units/<row:pk>/file.pdf                                 GET     302  200  200  200  200  403  200  200  404  404
units/<row:pk>/file.pdf                                 POST    302  405  405  405  405  405  405  405  405  405
units/<row:pk>/file/unmasking/                          GET     302  405  405  405  405  405  405  405  405  405
units/<row:pk>/file/unmasking/                          POST    302  200  200  200  403  403  200  200  404  404
units/<row:pk>/open/<slug:procedure>/                   GET     302  200  403  403  403  403  403  403  404  404
units/<row:pk>/open/<slug:procedure>/                   POST    302  302  403  403  403  403  403  403  404  404
open/<slug:procedure>/                                  GET     302  200  200  403  403  403  403  200  200  404
open/<slug:procedure>/                                  POST    302  302  302  403  403  403  403  302  302  404
cases/<row:pk>/                                         GET     302  200  200  200  403  200  403  200  404  404
cases/<row:pk>/                                         POST    302  405  405  405  405  405  405  405  405  405
cases/<row:pk>/acts/                                    GET     302  405  405  405  405  405  405  405  405  405
cases/<row:pk>/acts/                                    POST    302  403  403  403  403  302  403  403  404  404
cases/<row:pk>/joining/                                 GET     302  405  405  405  405  405  405  405  405  405
cases/<row:pk>/joining/                                 POST    302  403  403  403  403  403  403  403  404  404
cases/<row:pk>/withdrawal/                              GET     302  405  405  405  405  405  405  405  405  405
cases/<row:pk>/withdrawal/                              POST    302  302  302  403  403  403  403  403  404  404
cases/<row:pk>/intervention/                            GET     302  405  405  405  405  405  405  405  405  405
cases/<row:pk>/intervention/                            POST    302  403  302  302  403  403  403  302  404  404
cases/<row:pk>/clocks/                                  GET     302  200  200  200  403  200  403  200  404  404
cases/<row:pk>/clocks/                                  POST    302  405  405  405  405  405  405  405  405  405
cases/<row:pk>/pauses/                                  GET     302  405  405  405  405  405  405  405  405  405
cases/<row:pk>/pauses/                                  POST    302  403  403  403  403  403  403  403  404  404
cases/<row:pk>/unmasking/                               GET     302  405  405  405  405  405  405  405  405  405
cases/<row:pk>/unmasking/                               POST    302  200  200  200  403  200  403  200  404  404
cases/<row:pk>/attachments/<slug:sha256>                GET     302  200  200  200  403  200  403  200  404  404
cases/<row:pk>/attachments/<slug:sha256>                POST    302  405  405  405  405  405  405  405  405  405
cases/<row:pk>/chart.svg                                GET     302  200  200  200  403  200  403  200  404  404
cases/<row:pk>/chart.svg                                POST    302  405  405  405  405  405  405  405  405  405
held/<slug:sha256>                                      GET     302  404  404  404  404  404  404  404  404  404
held/<slug:sha256>                                      POST    302  405  405  405  405  405  405  405  405  405
start/                                                  GET     302  302  302  302  302  302  302  302  302  302
start/                                                  POST    302  405  405  405  405  405  405  405  405  405
inbox/                                                  GET     302  200  200  200  200  200  200  200  200  404
inbox/                                                  POST    302  405  405  405  405  405  405  405  405  405
cases/                                                  GET     302  200  200  200  200  200  200  200  200  404
cases/                                                  POST    302  405  405  405  405  405  405  405  405  405
notices/                                                GET     302  200  200  200  200  200  200  200  200  404
notices/                                                POST    302  405  405  405  405  405  405  405  405  405
outgoing/                                               GET     302  200  200  200  403  403  403  200  200  404
outgoing/                                               POST    302  405  405  405  405  405  405  405  405  405
places/                                                 GET     302  200  200  200  200  200  200  200  200  404
places/                                                 POST    302  405  405  405  405  405  405  405  405  405
notices/readings/                                       GET     302  405  405  405  405  405  405  405  405  405
notices/readings/                                       POST    302  302  302  302  302  302  302  302  302  404
notices/ways/                                           GET     302  200  200  200  200  200  200  200  200  404
notices/ways/                                           POST    302  302  302  302  302  302  302  302  302  404
notices/ways/tests/                                     GET     302  405  405  405  405  405  405  405  405  405
notices/ways/tests/                                     POST    302  422  422  422  422  422  422  422  422  404
outgoing/notices/                                       GET     302  200  200  200  403  403  403  200  200  404
outgoing/notices/                                       POST    302  405  405  405  405  405  405  405  405  405
outgoing/notices/<row:pk>/attempts/                     GET     302  405  405  405  405  405  405  405  405  405
outgoing/notices/<row:pk>/attempts/                     POST    302  302  302  302  403  403  403  302  404  404
follow-ups/                                             GET     302  200  200  200  403  403  403  200  200  404
follow-ups/                                             POST    302  405  405  405  405  405  405  405  405  405
registers/                                              GET     302  200  200  200  200  200  200  200  200  404
registers/                                              POST    302  405  405  405  405  405  405  405  405  405
registers/<slug:book>.xlsx                              GET     302  200  200  200  403  200  403  200  200  404
registers/<slug:book>.xlsx                              POST    302  405  405  405  405  405  405  405  405  405
registers/<slug:book>/months/                           GET     302  200  200  200  403  200  403  200  200  404
registers/<slug:book>/months/                           POST    302  403  302  302  403  403  403  302  403  404
registers/<slug:book>/                                  GET     302  200  200  200  403  200  403  200  200  404
registers/<slug:book>/                                  POST    302  405  405  405  405  405  405  405  405  405
registers/<slug:book>/figures/                          GET     302  200  200  200  403  200  403  200  200  404
registers/<slug:book>/figures/                          POST    302  405  405  405  405  405  405  405  405  405
cashier/                                                GET     302  200  200  200  403  403  200  200  200  404
cashier/                                                POST    302  405  405  405  405  405  405  405  405  405
cashier/shifts/                                         GET     302  200  200  200  403  403  200  200  200  404
cashier/shifts/                                         POST    302  302  403  403  403  403  422  403  302  404
cashier/shifts/<row:pk>.xlsx                            GET     302  403  200  200  403  403  200  200  404  404
cashier/shifts/<row:pk>.xlsx                            POST    302  405  405  405  405  405  405  405  405  405
cashier/shifts/<row:pk>/                                GET     302  403  200  200  403  403  200  200  404  404
cashier/shifts/<row:pk>/                                POST    302  405  405  405  405  405  405  405  405  405
cashier/shifts/<row:pk>/closure/                        GET     302  405  405  405  405  405  405  405  405  405
cashier/shifts/<row:pk>/closure/                        POST    302  403  403  403  403  403  302  403  404  404
cashier/day/                                            GET     302  403  200  200  403  403  200  200  403  404
cashier/day/                                            POST    302  405  405  405  405  405  405  405  405  405
cashier/day.xlsx                                        GET     302  403  200  200  403  403  200  200  403  404
cashier/day.xlsx                                        POST    302  405  405  405  405  405  405  405  405  405
cashier/receipts/                                       GET     302  403  200  200  403  403  200  200  403  404
cashier/receipts/                                       POST    302  405  405  405  405  405  405  405  405  405
cashier/receipts/<row:pk>/                              GET     302  403  200  200  403  403  200  200  403  404
cashier/receipts/<row:pk>/                              POST    302  405  405  405  405  405  405  405  405  405
cashier/receipts/<row:pk>/replacement/                  GET     302  405  405  405  405  405  405  405  405  405
cashier/receipts/<row:pk>/replacement/                  POST    302  403  302  302  403  403  422  302  403  404
cashier/deposits/                                       GET     302  403  200  200  403  403  200  200  403  404
cashier/deposits/                                       POST    302  405  405  405  405  405  405  405  405  405
cashier/prices/                                         GET     302  200  200  200  200  200  200  200  200  404
cashier/prices/                                         POST    302  403  403  404  403  403  404  404  403  404
figures/                                                GET     302  403  200  200  403  403  403  200  403  404
figures/                                                POST    302  405  405  405  405  405  405  405  405  405
figures/report.pdf                                      GET     302  403  200  200  403  403  403  200  403  404
figures/report.pdf                                      POST    302  405  405  405  405  405  405  405  405  405
figures/figures.xlsx                                    GET     302  403  200  200  403  403  403  200  403  404
figures/figures.xlsx                                    POST    302  405  405  405  405  405  405  405  405  405
follow-ups/campaigns/                                   GET     302  403  200  200  403  403  403  200  403  404
follow-ups/campaigns/                                   POST    302  403  422  422  403  403  403  422  403  404
follow-ups/campaigns/<row:pk>/merging/                  GET     302  405  405  405  405  405  405  405  405  405
follow-ups/campaigns/<row:pk>/merging/                  POST    302  403  404  404  403  403  403  404  403  404
follow-ups/campaigns/<row:pk>/stopping/                 GET     302  405  405  405  405  405  405  405  405  405
follow-ups/campaigns/<row:pk>/stopping/                 POST    302  403  404  404  403  403  403  404  403  404
figures/events.json                                     GET     302  403  200  200  403  403  403  200  403  404
figures/events.json                                     POST    302  405  405  405  405  405  405  405  405  405
figures/events.xes                                      GET     302  403  200  200  403  403  403  200  403  404
figures/events.xes                                      POST    302  405  405  405  405  405  405  405  405  405
figures/follow-ups/                                     GET     302  403  200  200  403  403  403  200  403  404
figures/follow-ups/                                     POST    302  405  405  405  405  405  405  405  405  405
figures/follow-ups/report.pdf                           GET     302  403  200  200  403  403  403  200  403  404
figures/follow-ups/report.pdf                           POST    302  405  405  405  405  405  405  405  405  405
figures/follow-ups/archive/<row:pk>/report.pdf          GET     302  403  200  200  403  403  403  200  403  404
figures/follow-ups/archive/<row:pk>/report.pdf          POST    302  405  405  405  405  405  405  405  405  405
figures/follow-ups/archive/                             GET     302  405  405  405  405  405  405  405  405  405
figures/follow-ups/archive/                             POST    302  403  302  302  403  403  403  302  403  404
figures/follow-ups/archive/<row:pk>/                    GET     302  403  200  200  403  403  403  200  403  404
figures/follow-ups/archive/<row:pk>/                    POST    302  405  405  405  405  405  405  405  405  405
settings/                                               GET     302  200  200  200  200  200  200  200  200  404
settings/                                               POST    302  405  405  405  405  405  405  405  405  405
settings/<slug:name>/                                   GET     302  200  200  200  200  200  200  200  200  404
settings/<slug:name>/                                   POST    302  403  403  302  403  403  403  302  403  404
calendar/                                               GET     302  200  200  200  200  200  200  200  200  404
calendar/                                               POST    302  403  403  302  403  403  403  302  403  404
forms/                                                  GET     302  200  200  200  200  200  200  200  200  404
forms/                                                  POST    302  405  405  405  405  405  405  405  405  405
forms/seals/<slug:post>/                                GET     302  403  403  200  403  403  403  200  403  404
forms/seals/<slug:post>/                                POST    302  403  403  422  403  403  403  422  403  404
forms/seals/<slug:post>/<row:pk>.png                    GET     302  403  403  200  403  403  403  200  403  404
forms/seals/<slug:post>/<row:pk>.png                    POST    302  405  405  405  405  405  405  405  405  405
blanks/                                                 GET     302  200  200  200  403  403  403  200  200  404
blanks/                                                 POST    302  405  405  405  405  405  405  405  405  405
blanks/batches/                                         GET     302  405  405  405  405  405  405  405  405  405
blanks/batches/                                         POST    302  302  302  302  403  403  403  302  302  404
blanks/batches/<row:pk>/                                GET     302  200  200  200  403  403  403  200  404  404
blanks/batches/<row:pk>/                                POST    302  405  405  405  405  405  405  405  405  405
blanks/batches/<row:pk>/<slug:copy>.pdf                 GET     302  200  404  404  403  403  403  404  404  404
blanks/batches/<row:pk>/<slug:copy>.pdf                 POST    302  405  405  405  405  405  405  405  405  405
blanks/<row:pk>/                                        GET     302  200  200  200  403  403  403  200  404  404
blanks/<row:pk>/                                        POST    302  302  302  302  403  403  403  302  404  404
procedures/                                             GET     302  200  200  200  200  200  200  200  200  404
procedures/                                             POST    302  405  405  405  405  405  405  405  405  405
procedures/<slug:procedure>/                            GET     302  200  200  200  200  200  200  200  200  404
procedures/<slug:procedure>/                            POST    302  405  405  405  405  405  405  405  405  405
procedures/<slug:procedure>/<slug:paper>/<slug:copy>.pdf GET    302  200  200  200  200  200  200  200  200  404
procedures/<slug:procedure>/<slug:paper>/<slug:copy>.pdf POST   302  405  405  405  405  405  405  405  405  405
api/openapi.json                                        GET     200  200  200  200  200  200  200  200  200  200
api/openapi.json                                        POST    405  405  405  405  405  405  405  405  405  405
api/estates                                             GET     401  200  200  200  200  200  200  200  200  200
api/estates                                             POST    405  405  405  405  405  405  405  405  405  405
api/estates/<slug:estate>/posts                         GET     401  200  200  200  200  200  200  200  404  404
api/estates/<slug:estate>/posts                         POST    405  405  405  405  405  405  405  405  405  405
api/estates/<slug:estate>/posts/<slug:post>/staff       GET     401  200  200  200  200  200  200  200  404  404
api/estates/<slug:estate>/posts/<slug:post>/staff       POST    405  405  405  405  405  405  405  405  405  405
api/estates/<slug:estate>/procedures                    GET     401  200  200  200  200  200  200  200  404  404
api/estates/<slug:estate>/procedures                    POST    405  405  405  405  405  405  405  405  405  405
api/estates/<slug:estate>/procedures/<slug:procedure>   GET     401  200  200  200  200  200  200  200  404  404
api/estates/<slug:estate>/procedures/<slug:procedure>   POST    405  405  405  405  405  405  405  405  405  405
api/estates/<slug:estate>/units                         GET     401  200  200  200  200  403  200  200  404  404
api/estates/<slug:estate>/units                         POST    405  405  405  405  405  405  405  405  405  405
api/estates/<slug:estate>/units/<row:unit>              GET     401  200  200  200  200  403  200  200  404  404
api/estates/<slug:estate>/units/<row:unit>              POST    405  405  405  405  405  405  405  405  405  405
api/estates/<slug:estate>/tasks                         GET     401  200  200  200  200  200  200  200  404  404
api/estates/<slug:estate>/tasks                         POST    405  405  405  405  405  405  405  405  405  405
api/estates/<slug:estate>/cases                         GET     405  405  405  405  405  405  405  405  405  405
api/estates/<slug:estate>/cases                         POST    401  201  403  403  403  403  403  403  404  404
api/estates/<slug:estate>/cases/<row:case>              GET     401  200  200  200  403  200  403  200  404  404
api/estates/<slug:estate>/cases/<row:case>              POST    405  405  405  405  405  405  405  405  405  405
api/estates/<slug:estate>/cases/<row:case>/journal      GET     401  200  200  200  403  200  403  200  404  404
api/estates/<slug:estate>/cases/<row:case>/journal      POST    405  405  405  405  405  405  405  405  405  405
api/estates/<slug:estate>/cases/<row:case>/acts         GET     405  405  405  405  405  405  405  405  405  405
api/estates/<slug:estate>/cases/<row:case>/acts         POST    401  403  403  403  403  200  403  403  404  404
api/estates/<slug:estate>/cases/<row:case>/withdrawal   GET     405  405  405  405  405  405  405  405  405  405
api/estates/<slug:estate>/cases/<row:case>/withdrawal   POST    401  200  200  403  403  403  403  403  404  404
api/estates/<slug:estate>/cases/<row:case>/intervention GET     405  405  405  405  405  405  405  405  405  405
api/estates/<slug:estate>/cases/<row:case>/intervention POST    401  403  200  200  403  403  403  200  404  404
api/estates/<slug:estate>/registers                     GET     401  200  200  200  200  200  200  200  404  404
api/estates/<slug:estate>/registers                     POST    405  405  405  405  405  405  405  405  405  405
api/estates/<slug:estate>/registers/<slug:book>         GET     401  200  200  200  403  200  403  200  404  404
api/estates/<slug:estate>/registers/<slug:book>         POST    405  405  405  405  405  405  405  405  405  405
api/estates/<slug:estate>/passes/verdict                GET     401  403  403  403  403  200  403  403  404  404
api/estates/<slug:estate>/passes/verdict                POST    405  405  405  405  405  405  405  405  405  405
cases/<row:pk>/consent-links/                           GET     302  405  405  405  405  405  405  405  405  405
cases/<row:pk>/consent-links/                           POST    302  200  403  403  403  403  403  403  404  404
cases/<row:pk>/consent-links/<row:link>/                GET     302  200  200  200  403  200  403  200  404  404
cases/<row:pk>/consent-links/<row:link>/                POST    302  405  405  405  405  405  405  405  405  405
cases/<row:pk>/consent-links/<row:link>/withdrawal/     GET     302  405  405  405  405  405  405  405  405  405
cases/<row:pk>/consent-links/<row:link>/withdrawal/     POST    302  302  302  302  403  403  403  302  404  404
units/<row:pk>/letter-of-authority.pdf                  GET     302  200  200  200  403  403  403  200  404  404
units/<row:pk>/letter-of-authority.pdf                  POST    302  405  405  405  405  405  405  405  405  405
authorities/<row:pk>/letter.pdf                         GET     302  200  200  200  403  403  403  200  404  404
authorities/<row:pk>/letter.pdf                         POST    302  405  405  405  405  405  405  405  405  405
c/<slug:token>/                                         GET     200  200  200  200  200  200  200  200  200  200
c/<slug:token>/                                         POST    422  422  422  422  422  422  422  422  422  422
c/<slug:token>/<slug:sha256>                            GET     404  404  404  404  404  404  404  404  404  404
c/<slug:token>/<slug:sha256>                            POST    405  405  405  405  405  405  405  405  405  405
^api(?:/[\s\S]*)?$                                       GET     404  404  404  404  404  404  404  404  404  404
^api(?:/[\s\S]*)?$                                       POST    404  404  404  404  404  404  404  404  404  404
"""


@dataclass(frozen=True)
class Line:
    """One line of the table: what everybody is answered at an address."""

    route: str
    method: str
    answers: dict[str, int]


HEAD, *ROWS = [row.split() for row in TABLE.strip().splitlines()]
ROLES = HEAD[2:]
LINES = [
    Line(route, method, dict(zip(ROLES, map(int, answers), strict=True))) for route, method, *answers in ROWS
]


def addresses(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Every route of the URLconf, as its own pattern has it."""
    for one in resolver.url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield route or "(start)"
        else:
            yield from addresses(one, route)


def test_every_address_stands_in_the_table_for_get_and_post():
    told = sorted((line.route, line.method) for line in LINES)
    assert told == sorted(
        (route, method) for route in addresses(get_resolver()) for method in ("GET", "POST")
    )


@dataclass
class House:
    """An office with one of everything that an address can name."""

    office: Office
    staff: dict[str, Staff | None]
    case: int
    paper: Paper
    authority: Authority
    deputyship: Deputyship
    shift: int
    receipt: int
    asked: int
    link: int
    token: str
    co_owner: int
    intake: int
    round: int
    line: LogLine
    delivery: int
    contract: int
    hold: int
    takeout: int
    pet: int
    blanks: BlankBatch
    seal: int

    def place(self, route: str) -> str:
        """An address of this route, behind which there is something."""
        if route.startswith("^"):
            return {"^[gG]": f"/G/{self.paper.token}", "^api(": "/api/nothing"}[route[:5]]
        row = {
            "units": self.office.unit.pk,
            "persons": self.office.owner.pk,
            "occupancies": Occupancy.objects.get(person=self.office.tenant).pk,
            "authorities": self.authority.pk,
            "deputies": self.deputyship.pk,
            "posts": self.office.staff("xiaowang").pk,
            "papers": self.paper.pk,
            "gate": self.paper.pk,
            "cashier": self.shift if "shifts/" in route else self.receipt,
            "cases": self.asked if "consent-links" in route else self.case,
            "intakes": self.intake,
            "contracts": self.contract,
            "holds": self.hold,
            "takeouts": self.takeout,
            "pets": self.pet,
            "rounds": self.round,
            "watches": self.line.watch_id,
            "log-lines": self.line.pk,
            "figures": 1,
            "forms": self.seal,
            "follow-ups": 1,
            "outgoing": self.delivery,
            "blanks": self.blanks.pk if "batches/" in route else self.blanks.sheets.latest("pk").pk,
        }
        words = {
            "pk": row.get(route.split("/")[0]), "unit": self.office.unit.pk, "case": self.case, "estate": "cuihu",
            "post": "technician", "procedure": "goods-release", "book": "goods-release", "copy": "original", "page": 1,
            "layout": "cards", "what": "dropping", "link": self.link, "token": self.token,
            "paper": "goods-release-slip", "name": "lift_load", "check": "exits", "day": "2026-01-01",
            "sha256": Attachment.objects.values_list("sha256", flat=True).get(),
        }  # fmt: skip
        if route.startswith("watches/days/"):
            words["post"] = "front_desk"
        if route.startswith("forms/seals/"):
            words["post"] = "director"
        if route == "open/<slug:procedure>/":
            words["procedure"] = "work-order"  # which is about the estate, and no home
        return "/" + re.sub(r"<\w+:(\w+)>", lambda found: str(words[found[1]]), route.replace("(start)", ""))

    def form(self, route: str) -> dict[str, Any]:
        """What a browser sends, so that nothing is refused before it is clear who sent it."""
        forms: dict[str, dict[str, Any]] = {
            "units/<row:pk>/open/<slug:procedure>/": goods_posted(self.office, self.office.owner),
            "open/<slug:procedure>/": {
                "source": "own",
                "where": "lift",
                "place": "1号梯",
                "problem": "开门慢",
                "trade": "lift",
                "urgency": "ordinary",
            },
            "cases/<row:pk>/acts/": {"act-step": "gate", "act-outcome": "mismatch", "act-note": "多一台冰箱"},
            "cases/<row:pk>/withdrawal/": {"withdraw-reason": "不搬了"},
            "cases/<row:pk>/joining/": {"join-to": "1"},
            "cases/<row:pk>/intervention/": {
                "what": "send_back",
                "back-to": "fill",
                "back-reason": "写错日期",
            },
            "cases/<row:pk>/consent-links/": {"act-step": "consent", "owner": self.co_owner},
            "cases/<row:pk>/unmasking/": {"field": "carrier_id", "reason": "核对身份"},
            "units/<row:pk>/file/unmasking/": {"reason": "业主要求核对"},
            "persons/<row:pk>/erasure/": {"reason": "本人要求"},
            "persons/<row:pk>/export/": {"reason": "看了身份证"},
            "persons/<row:pk>/unmasking/": {"field": "phone", "reason": "联系业主"},
            "occupancies/<row:pk>/closure/": {
                "who": [Occupancy.objects.get(person=self.office.tenant).pk],
                "until": today().isoformat(),
                "departure": "lease_ended",
            },
            "pets/<row:pk>/closure/": {"last_day": today().isoformat()},
            "pets/<row:pk>/unmasking/": {"reason": "拾到走失的犬"},
            "contracts/<row:pk>/closure/": {"last_day": today().isoformat(), "reason": "双方解除"},
            "persons/<row:pk>/holds/": {"reason": "诉讼"},
            "contracts/<row:pk>/holds/": {"reason": "诉讼"},
            "authorities/<row:pk>/holds/": {"reason": "诉讼"},
            "cases/<row:pk>/holds/": {"reason": "诉讼"},
            "holds/<row:pk>/lifting/": {"reason": "已结案"},
            "expiries/confirmation/": {"upto": "1"},
            "authorities/<row:pk>/revocation/": {"reason": "业主撤回"},
            "papers/<row:pk>/printings/": {"copy": "original"},
            "blanks/batches/": {"paper": "goods-release-slip", "many": "2"},
            "blanks/<row:pk>/": {"state": "spoiled", "reason": "写坏了"},
            "gate/passes/<row:pk>/release/": {"ticked": [0, 1]},
            "gate/passes/<row:pk>/mismatch/": {"note": "多一台冰箱"},
            "cashier/shifts/": {"float": "500"},
            "cashier/shifts/<row:pk>/closure/": {"cash": "710", "transfer": "0", "qr": "0"},
            "cashier/receipts/<row:pk>/replacement/": {
                "method": "qr",
                "reference": "1",
                "reason": "方式写错",
            },
            "language/": {"language": "en"},
            "registers/<slug:book>/months/": {"month": "2026-01", "act": "close", "reason-202601": "月底"},
            "settings/<slug:name>/": {"count": "300", "valid_from": today().isoformat(), "reason": "铭牌"},
            "calendar/": {"first": today().isoformat(), "kind": "rest", "reason": "台风"},
            "rounds/<row:pk>/findings/": PATROL,
            "watches/": {"post": "gate"},
            "watches/<row:pk>/lines/": {"kind": "note", "text": "业主张女士来电"},
            "watches/<row:pk>/offer/": {**COUNTED, "to": self.office.staff("laoli").pk},
            "watches/<row:pk>/withdrawal/": {"reason": "少一把钥匙"},
            "log-lines/<row:pk>/closure/": {"result": "已修好"},
            "estates/": {"estate": self.office.estate.pk},
        }
        return {"key": fresh_key(), **forms.get(route, {})}

    def sent(self, route: str) -> dict[str, Any] | None:
        """The same for what a machine sends."""
        opening = {
            "procedure": "goods-release",
            "unit": self.office.unit.pk,
            "applicant": self.office.owner.pk,
        }
        return {
            "cases": {**opening, "applicant_role": "owner", "answers": goods()},
            "acts": {"step": "gate", "outcome": "mismatch", "note": "多一台冰箱"},
            "withdrawal": {"reason": "不搬了"},
            "intervention": {"what": "send_back", "step": "fill", "reason": "写错日期"},
        }.get(route.split("/")[-1])


@pytest.fixture
def house(office: Office) -> House:
    """The cast with passwords, a goods pass at the gate, a letter of authority, and the director's deputy."""
    now = timezone.now()
    deputyship = people.name_deputy(
        estate=office.estate, post="director", principal=office.staff("chen"), deputy=office.staff("zhao"),
        starts_at=now - timedelta(minutes=1), ends_at=now + timedelta(hours=1), reason="开会", by=office.staff("chen"),
    )  # fmt: skip
    asked, offered = _asked(office)
    authority = authority_actions.grant_authority(
        by=office["xiaowang"], unit=office.unit, principal=office.owner, delegate=office.tenant,
        scopes=["goods_release"], valid_from=today(), valid_to=today(), once=False, evidence_kind="signed_paper",
        evidence_note="原件已核对", acting=office["xiaowang"].posts["front_desk"],
    )  # fmt: skip
    case = _issued(office)
    cast = {
        "desk": "xiaowang", "sup": "laoli", "dir": "chen", "tech": "zheng", "gate": "zhou", "fin": "sun", "dep": "zhao",
        "far": "xiaoqin",
    }  # fmt: skip
    idle = people.create_staff(username="xiaoqian", name="小钱", password=None)
    Staff.objects.update(password=make_password("只在测试里用的密码"))
    staff = {role: Staff.objects.get(username=who) for role, who in {**cast, "idle": idle.username}.items()}
    paper = Paper.objects.get()
    summary.keep(by=office["chen"], acting=office["chen"].posts["director"], period=period.year(today().year))
    packs.keep(till_pack())
    till = Till(office)
    shift = till.open()
    till.pay(till.case())
    receipt = Posting.objects.get()
    return House(
        office, {"anon": None, **staff}, case, paper, authority, deputyship, shift.pk, receipt.pk, asked,
        offered.link.pk, offered.token, offered.link.owner_id, _sent(office),
        a_round(office, now).pk, matter(office, begin(office), "楼道灯不亮"),
        _told(office), _agreed(office), _held(office), _taken_out(office), _declared(office), printed(office),
        change(office, scan()).pk,
    )  # fmt: skip


def _asked(office: Office) -> tuple[int, links.Offered]:
    """A tenant's goods pass, and the link through which a co-owner is asked."""
    told = estate.Particulars("共有人陈先生", "13800571501")
    owner = estate.add_person(
        by=office["xiaowang"], unit=office.unit, particulars=told, role="co_owner", since=today()
    ).person
    pk = cases.open_case(
        by=office["xiaowang"], procedure="goods-release", unit=office.unit, applicant=office.tenant,
        applicant_role="tenant", answers={**goods(), "plate": "浙A12345"}, key=fresh_key(),
    ).case_id  # fmt: skip
    where: dict[str, Any] = {"step": "consent", "branch": None, "owner": owner.pk}
    case = Case.objects.get(pk=pk)
    return pk, links.offer(by=office["xiaowang"], case=case, key=fresh_key(), **where)


def _sent(office: Office) -> int:
    """A workbook that waits to be tried."""
    content = workbook(楼栋=[["栋号"], ["16"]])
    return send_in(by=office["laoli"], name="楼栋.xlsx", content=content).pk


def _agreed(office: Office) -> int:
    """A tenancy contract without a page."""
    terms = Terms("tenancy", today() - timedelta(days=9), None, [office.owner, office.tenant])
    return contracts.enter(by=office["xiaowang"], unit=office.unit, terms=terms).pk


def _held(office: Office) -> int:
    """Somebody whose data is kept for a lawsuit."""
    return keeping.place(by=office["chen"], what=office.tenant, reason="诉讼").pk


def _taken_out(office: Office) -> int:
    """An archive that waits to be made."""
    secret = "horse-Battery 9!staple"
    return takeout.ask(by=office["chen"], first=secret, second=secret, reason="物业交接").pk


def _declared(office: Office) -> int:
    """A dog with its licence."""
    told = pets.Told("dog", today() - timedelta(days=9), licence="翠犬0001")
    return pets.declare_pet(
        by=office["xiaowang"], unit=office.unit, person=office.owner, told=told, consented=True
    ).pk


def _told(office: Office) -> int:
    """A notice to 小王's mailbox that waits to be sent."""
    turn_on(office, "mail")
    reached(office, "xiaowang", mail=MAIL)
    told = deliveries.test(by=office["xiaowang"], channel="mail")
    reached(office, "xiaowang", {}, mail="")
    return told.pk


def _issued(office: Office) -> int:
    """A goods pass whose slip waits at the gate, with one drawn signature."""
    case = cases.open_case(
        by=office["xiaowang"], procedure="goods-release", unit=office.unit, applicant=office.owner,
        applicant_role="owner", answers=goods(), key=fresh_key(),
    ).case_id  # fmt: skip
    drawn = attachments.signature(signature_url())
    for who, step, outcome, signature in (
        ("xiaowang", "sign", "signed", drawn.sha256),
        ("laoli", "confirm", "approved", "paper"),
        ("chen", "seal", "sealed", ""),
        ("xiaowang", "issue", "issued", ""),
    ):
        cases.act(
            by=office[who], case_id=case, step=step, outcome=outcome, signature=signature, key=fresh_key(),
            uploads=[drawn] if step == "sign" else [],
        )  # fmt: skip
    return case


@pytest.mark.parametrize("role", ROLES)
def test_everybody_is_answered_as_the_table_says(house: House, role: str):
    client, headers = knocking(house.staff[role])
    wrong = []
    for line in LINES:
        told = knock(client, headers, house, line.route, line.method)
        if told != line.answers[role]:
            wrong.append(f"{line.method} {line.route}: {told} instead of {line.answers[role]}")
    assert not wrong, "\n" + "\n".join(wrong)


def knocking(someone: Staff | None) -> tuple[Client, dict[str, str]]:
    """A signed-in browser, and the headers of a machine with a key of the same person."""
    client = Client(raise_request_exception=False)
    if someone is None:
        return client, {}
    client.force_login(someone)
    return client, {"Authorization": f"Bearer {people.issue_token(staff=someone, label='table')[1]}"}


def knock(client: Client, headers: dict[str, str], house: House, route: str, method: str) -> int:
    """The status of one call, which leaves nothing behind. Machines bring a key, people a session."""
    kept = deepcopy(client.cookies)
    with transaction.atomic():
        told = _answer(client, headers, house, route, method)
        transaction.set_rollback(True)
    client.cookies = kept
    return told


def _answer(client: Client, headers: dict[str, str], house: House, route: str, method: str) -> int:
    path = house.place(route)
    if not route.startswith(("api", "^api")):
        return (client.get(path) if method == "GET" else client.post(path, house.form(route))).status_code
    sent = house.sent(route) if method == "POST" else None
    asked = "?code=1" if route.endswith("verdict") else ""
    return Client().generic(
        method, path + asked, json.dumps(sent) if sent else "", content_type="application/json",
        headers={**headers, "Idempotency-Key": fresh_key()},
    ).status_code  # fmt: skip
