"""The days on which a buyer must act, from the rules of the protection, dates that are known and dates to expect."""

from sim.studies.agenda.agenda import Agenda, agenda_of
from sim.studies.agenda.days import ActDay, Kind
from sim.studies.agenda.given import DATE_NAMES, GivenDate, date_read
from sim.studies.agenda.moments import Basis

__all__ = ["DATE_NAMES", "ActDay", "Agenda", "Basis", "GivenDate", "Kind", "agenda_of", "date_read"]
