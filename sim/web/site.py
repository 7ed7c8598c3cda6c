"""The what-if page as a web application: its routes, and what each of them answers."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import asynccontextmanager
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from sim import __version__
from sim.errors import InputError, Problem
from sim.web.answering import Answering
from sim.web.assets import HERE, assets
from sim.web.downloads import report_page, scenario_text
from sim.web.drawing import answer_view, busy_view, flips_view, refused_view
from sim.web.questions import Question, question_read
from sim.web.receiving import MOST_READ, file_sent, watched
from sim.web.safety import BodyTooLargeError, Safety
from sim.web.scenarios import file_shown
from sim.web.uploads import LARGEST_UPLOAD, upload_view
from sim.web.views import AnswerView, FlipsView, PageView
from sim.web.wishes import RETRY_SECONDS, Line, NobodyWaitsError, TooManyError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from jinja2 import Environment
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from sim.engines import Engine
    from sim.web.answering import Effort
    from sim.web.forms import Filled
    from sim.web.scenarios import Scenarios
    from sim.web.views import UploadView
    from sim.web.wishes import Wish

_DONE: Final = 200
_NOTHING: Final = 204
_SEE_OTHER: Final = 303
_BAD: Final = 400
_NOT_FOUND: Final = 404
_TIMED_OUT: Final = 408
_TOO_LARGE: Final = 413
_WRONG: Final = 422
_BROKEN: Final = 500
_TOO_MANY: Final = 503
_FOR_GOOD: Final = "public, max-age=31536000, immutable"
UPLOAD_SECONDS: Final = 20.0
_TAB_HEADER: Final = "lotwise-tab"
_LONGEST_TAB: Final = 64
_REPORTS_WAITING: Final = 2
_FLIPS_WAITING: Final = 8


class WhatIf(NamedTuple):
    """The what-if page.

    Attributes
    ----------
    application
        Answers requests.
    end
        Stops whatever it works on; nothing is begun after that.
    """

    application: ASGIApp
    end: Callable[[], None]


def site(scenarios: Scenarios, engine: Engine, effort: Effort, host: str) -> WhatIf:
    """The what-if page.

    Parameters
    ----------
    scenarios
        That can be asked about.
    engine
        Simulates; it has been prepared.
    effort
        How much work an answer is worth.
    host
        Address that the server listens at.
    """
    answering = Answering(engine, effort)
    pages = Site(scenarios, answering)
    routes = [
        Route("/", pages.page),
        Route("/answer", pages.answer),
        Route("/flips", pages.flips),
        Route("/scenario.yaml", pages.scenario),
        Route("/report.html", pages.report),
        Route("/upload", pages.upload, methods=["POST"]),
        Route("/static/{digest}/{name}", pages.static),
        Route("/healthz", _healthz),
    ]
    handlers: Mapping[Any, Any] = {HTTPException: pages.refused, Exception: pages.broken}
    application = Starlette(routes=routes, exception_handlers=handlers, lifespan=pages.lifespan)
    return WhatIf(Safety(application, host, MOST_READ), answering.turns.end)


def templates() -> Environment:
    """The templates of the page; whatever they are given is written as text, never as markup."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined)


async def _healthz(request: Request) -> Response:
    del request
    return PlainTextResponse("ok\n")


class Site:
    """What each route answers.

    Parameters
    ----------
    scenarios
        That can be asked about.
    answering
        Finds the answers.
    """

    def __init__(self, scenarios: Scenarios, answering: Answering) -> None:
        self._scenarios = scenarios
        self._answering = answering
        self._templates = templates()
        self._reports = Line(1, _REPORTS_WAITING)
        self._flips = Line(1, _FLIPS_WAITING)

    @asynccontextmanager
    async def lifespan(self, application: Starlette) -> AsyncIterator[None]:
        """End the threads with the server."""
        del application
        try:
            yield
        finally:
            self._answering.close()

    # -------------------------------------------------------------------------------------- questions

    async def page(self, request: Request) -> Response:
        """The whole page, with its first answer."""
        problems: tuple[str, ...] = ()
        status = _DONE
        try:
            question = self._question(request)
        except InputError as error:
            problems, status = _told(error), _BAD
            question = Question(scenario=self._scenarios.known(""))
        except LookupError as error:
            problems, status = (str(error),), _NOT_FOUND
            question = Question(scenario=self._scenarios.known(""))
        question = replace(question, tab=question.tab or secrets.token_hex(8))
        try:
            form = await self._form(question)
        except InputError as error:
            return self._error("This scenario cannot be used", _told(error), _WRONG)
        if form.scenario is not None and _says_too_much(question, form.question):
            return RedirectResponse(form.question.address("/"), _SEE_OTHER)
        async with watched(request, self._answering.turns.wish()) as wish:
            answer, answered = await self._answered(form, wish)
        if answer is None:
            return Response(status_code=_NOTHING)
        return await self._page(form, answer, status if status != _DONE else answered, problems)

    async def answer(self, request: Request) -> Response:
        """The answer alone, to be put into the page.

        The page gets it as any other where a value cannot be used: somebody types, and no browser should call that
        an error. Whoever else asks is told by the status.
        """
        try:
            question = self._question(request)
            form = await self._form(question)
        except InputError as error:
            return self._fragment(_refused(_told(error)), _BAD)
        except LookupError as error:
            return self._fragment(_refused((str(error),)), _NOT_FOUND)
        async with watched(request, self._answering.turns.taken(form.question)) as wish:
            answer, status = await self._answered(form, wish)
        if answer is None:
            return Response(status_code=_NOTHING)
        return self._fragment(answer, _DONE if status == _WRONG and _is_htmx(request) else status)

    async def flips(self, request: Request) -> Response:
        """What would change the choice, to be put into the answer."""
        try:
            form = await self._usable(request)
        except HTTPException as error:
            if error.status_code != _WRONG or not _is_htmx(request):
                raise
            return self._flips_told(FlipsView(problem=error.detail))
        async with watched(request, self._answering.turns.taken(form.question)) as wish:
            try:
                async with self._flips.turn(wish):
                    found = await self._answering.answer(form, wish)
                    best = found.comparison.best
                    view = await wish.unless_over(asyncio.to_thread(flips_view, form, best, wish.over.is_set))
            except NobodyWaitsError:
                return Response(status_code=_NOTHING)
            except TooManyError:
                view = FlipsView(problem="This machine is answering others; the report tells what would change it.")
            except InputError as error:
                view = FlipsView(problem=" ".join(_told(error)))
        return self._flips_told(view)

    def _flips_told(self, view: FlipsView) -> Response:
        return HTMLResponse(self._templates.get_template("flips.html").render(flips=view))

    def _question(self, request: Request) -> Question:
        """What a request asks.

        Raises
        ------
        InputError
            It cannot be read.
        LookupError
            It asks about a scenario that is not there.
        """
        question = question_read(request.url.query)
        tab = (question.tab or request.headers.get(_TAB_HEADER, ""))[:_LONGEST_TAB]
        try:
            known = self._scenarios.known(question.scenario)
        except InputError as error:
            raise LookupError(" ".join(_told(error))) from error
        return replace(question, scenario=known, tab=tab)

    async def _form(self, question: Question) -> Filled:
        sheet = await self._answering.aside(self._scenarios.sheet, question.scenario)
        return await self._answering.form(sheet, question)

    async def _answered(self, form: Filled, wish: Wish) -> tuple[AnswerView | None, int]:
        """The answer to a form, and its status; None where nobody waits any more."""
        begun = perf_counter()
        if form.scenario is None:
            return refused_view(form), _WRONG
        try:
            found = await self._answering.answer(form, wish)
            file = self._scenarios.file_name(form.question.scenario)
            view = await wish.unless_over(self._answering.aside(answer_view, form, found, file))
        except NobodyWaitsError:
            return None, _NOTHING
        except TooManyError:
            return busy_view(form, RETRY_SECONDS), _TOO_MANY
        except InputError as error:
            return refused_view(form, *_told(error)), _WRONG
        return replace(view, seconds=perf_counter() - begun), _DONE

    # -------------------------------------------------------------------------------------- to take away

    async def scenario(self, request: Request) -> Response:
        """The scenario with the changes."""
        form = await self._usable(request)
        text = await self._answering.aside(scenario_text, form)
        return _file(text, f"{_named(form)}.yaml", "application/yaml")

    async def report(self, request: Request) -> Response:
        """The report in one file."""
        form = await self._usable(request)
        async with watched(request, self._answering.turns.wish()) as wish:
            try:
                async with self._reports.turn(wish):
                    found = await self._answering.answer(form, wish)
                    text = await asyncio.to_thread(report_page, found.comparison.run, wish.over.is_set)
            except NobodyWaitsError:
                return Response(status_code=_NOTHING)
            except TooManyError:
                raise HTTPException(_TOO_MANY, headers={"retry-after": str(RETRY_SECONDS)}) from None
        return _file(text, f"{_named(form)}.html", "text/html")

    async def _usable(self, request: Request) -> Filled:
        """The form of a request whose values can all be used."""
        try:
            form = await self._form(self._question(request))
        except InputError as error:
            raise HTTPException(_BAD, " ".join(_told(error))) from error
        except LookupError as error:
            raise HTTPException(_NOT_FOUND, str(error)) from error
        if form.scenario is None:
            raise HTTPException(_WRONG, "A value cannot be used; the page says which.")
        return form

    # -------------------------------------------------------------------------------------- what is sent

    async def upload(self, request: Request) -> Response:
        """Check a scenario that is sent, and go on with it."""
        try:
            async with asyncio.timeout(UPLOAD_SECONDS):
                name, content = await file_sent(request)
        except TimeoutError:
            return await self._mistaken(request, "the file", [Problem("sending the file took too long")], _TIMED_OUT)
        except BodyTooLargeError:
            problem = Problem(f"the file is larger than {LARGEST_UPLOAD // 1024} kB")
            return await self._mistaken(request, "the file", [problem], _TOO_LARGE)
        except InputError as error:
            return await self._mistaken(request, "the file", error.problems, _BAD)
        try:
            kept = await self._answering.aside(self._scenarios.sent, name, content)
        except InputError as error:
            return await self._mistaken(request, file_shown(name), error.problems, _WRONG)
        address = Question(scenario=kept).address("/")
        if _is_htmx(request):
            return Response(headers={"hx-redirect": address})
        return RedirectResponse(address, _SEE_OTHER)

    async def _mistaken(self, request: Request, file: str, problems: Sequence[Problem], status: int) -> Response:
        view = upload_view(file, problems)
        if _is_htmx(request):
            return HTMLResponse(self._templates.get_template("upload_problems.html").render(upload=view), status)
        form = await self._form(Question(scenario=self._scenarios.known(""), tab=secrets.token_hex(8)))
        answer, _ = await self._answered(form, self._answering.turns.wish())
        return await self._page(form, answer or _refused(()), status, upload=view)

    # -------------------------------------------------------------------------------------- files and pages

    async def static(self, request: Request) -> Response:
        """A file of the page."""
        found = (await self._answering.aside(assets)).get(request.path_params["name"])
        if found is None:
            raise HTTPException(_NOT_FOUND)
        current = found.digest == request.path_params["digest"]
        headers = {"vary": "accept-encoding", "cache-control": _FOR_GOOD if current else "no-store"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(found.packed, media_type=found.kind, headers=headers | {"content-encoding": "gzip"})
        return Response(found.content, media_type=found.kind, headers=headers)

    async def _page(
        self,
        form: Filled,
        answer: AnswerView,
        status: int,
        problems: tuple[str, ...] = (),
        upload: UploadView | None = None,
    ) -> Response:
        name = form.question.scenario
        sheet = await self._answering.aside(self._scenarios.sheet, name)
        spec = sheet.scenario.model
        view = PageView(
            title=spec.title or spec.name,
            description=spec.description,
            presets=self._scenarios.presets(name),
            form=form.form,
            answer=answer,
            upload=upload,
            problems=problems,
            assets=await self._answering.aside(_addresses),
            uploads_up_to=f"{LARGEST_UPLOAD // 1024} kB",
            program=__version__,
        )
        text = self._templates.get_template("page.html").render(page=view)
        return HTMLResponse(text, status, headers=_retry(status))

    def _fragment(self, answer: AnswerView, status: int) -> Response:
        text = self._templates.get_template("answer.html").render(answer=answer)
        return HTMLResponse(text, status, headers=_retry(status))

    def _error(self, title: str, lines: Sequence[str], status: int) -> Response:
        message, *rest = lines or ("",)
        given = {"title": title, "message": message, "hint": " ".join(rest), "assets": _addresses()}
        return HTMLResponse(self._templates.get_template("error.html").render(**given), status, headers=_retry(status))

    async def refused(self, request: Request, error: HTTPException) -> Response:
        """A page for an address that has none, or that asks for what cannot be had."""
        del request
        titles = {_NOT_FOUND: "There is no such page", _TOO_MANY: "Too many questions at once"}
        detail = "" if error.detail in titles.values() else error.detail
        return self._error(titles.get(error.status_code, "This cannot be had"), (detail,), error.status_code)

    async def broken(self, request: Request, error: Exception) -> Response:
        """A page for a mistake of this program; what it was is told on the terminal."""
        del request, error
        return self._error("Something went wrong here", ("What it was is told on the terminal.",), _BROKEN)


# ------------------------------------------------------------------------------------------ small parts


def _told(error: InputError) -> tuple[str, ...]:
    return tuple(
        f"{problem.message}; {problem.hint}" if problem.hint else problem.message for problem in error.problems
    )


def _refused(problems: tuple[str, ...]) -> AnswerView:
    return AnswerView(state="refused", headline="This cannot be answered", problems=problems)


def _says_too_much(asked: Question, kept: Question) -> bool:
    """Whether an address holds values that are the scenario's own: a form that was sent without JavaScript."""
    return len(asked.values) > len(kept.values) or len(asked.plans) > len(kept.plans)


def _is_htmx(request: Request) -> bool:
    return request.headers.get("hx-request") == "true"


def _retry(status: int) -> dict[str, str]:
    return {"retry-after": str(RETRY_SECONDS)} if status == _TOO_MANY else {}


def _addresses() -> dict[str, str]:
    return {name: asset.address for name, asset in assets().items()}


def _named(form: Filled) -> str:
    """The scenario's own name: letters, digits and hyphens, whatever its file is called."""
    return "scenario" if form.scenario is None else form.scenario.name


def _file(text: str, name: str, kind: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type=f"{kind}; charset=utf-8", headers=headers)


def warmed() -> None:
    """Load what draws, and make the script that browsers draw with, before anybody waits for it."""
    from sim.report import card, collecting, loss_parts, loss_spread, plan_losses

    del card, collecting, loss_parts, loss_spread, plan_losses
    assets()
    templates().get_template("page.html")
