"""Plans: ways of ordering, written out order by order, as a split, or as a grid of both."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from sim.scenario.keys import Day, Name, PlainDays, Share, Spec, Units, key, whole

MOST_ORDERS: Final = 12
When = Literal["placed", "inspected", "shipped", "received", "checked", "closed"]
Parts = Annotated[int, BeforeValidator(whole), Field(ge=1, le=MOST_ORDERS)]
Inspections = Annotated[tuple[str, ...], Field(strict=False, max_length=10)]


class StartSpec(Spec):
    """When an order is placed: on a day, or after something happened to another order."""

    day: Day | None = key("A date, or a day number from the start.", default=None, unit="date or days")
    after: str | None = key("The order to wait for.", default=None)
    when: When = key("What must have happened to that order.", default="received")
    delay_days: PlainDays = key("From then until this order is placed.", default=0.0, unit="days")

    @model_validator(mode="after")
    def _one_of_both(self) -> "StartSpec":
        if (self.day is None) == (self.after is None):
            raise PydanticCustomError("one_of", "a start needs either `day` or `after`")
        if self.day is not None and {"when", "delay_days"} & self.model_fields_set:
            raise PydanticCustomError("one_of", "`when` and `delay_days` belong to `after`, not to `day`")
        return self


class OnlyIfSpec(Spec):
    """What must be known of an earlier order for this one to be placed."""

    order: str = key("The earlier order.")
    inspection: Literal["passed"] | None = key("Its pre-shipment inspection passed.", default=None)
    defective_share_at_most: Share | None = key(
        "Its share of critical and major defects that the buyer knows of is at most this.",
        default=None,
        unit="share",
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> "OnlyIfSpec":
        if (self.inspection is None) == (self.defective_share_at_most is None):
            raise PydanticCustomError(
                "one_of", "a condition needs either `inspection: passed` or `defective_share_at_most`"
            )
        return self


class InsteadSpec(Spec):
    """The order goes to another supplier instead."""

    supplier: str = key("Who gets the order instead.")


def _otherwise(value: object) -> str | None:
    if isinstance(value, str):
        return "cancel"
    return "instead" if isinstance(value, Mapping | InsteadSpec) else None


Otherwise = Annotated[
    Annotated[Literal["cancel"], Tag("cancel")] | Annotated[InsteadSpec, Tag("instead")],
    Discriminator(_otherwise),
]


class OrderSpec(Spec):
    """One order of a plan."""

    id: Name = key("Its name inside the plan.")
    supplier: str = key("Who makes it.")
    quantity: Units = key("Units ordered.", unit="units")
    inspections: Inspections = key("Inspections bought for it.", default=())
    start: StartSpec | None = key("When it is placed; left out: on day 0.", default=None)
    only_if: OnlyIfSpec | None = key("Placed only if this is known of an earlier order.", default=None)
    otherwise: Otherwise = key("What happens if not: `cancel`, or `{supplier: another}`.", default="cancel")


class NextSpec(Spec):
    """When the next part of a split is placed."""

    when: When = key("What must have happened to the part before.", default="received")
    delay_days: PlainDays = key("From then until the next part is placed.", default=0.0, unit="days")


class SplitSpec(Spec):
    """One quantity in several orders, one after the other; parts differ by at most one unit, larger first."""

    supplier: str = key("Who makes all of it.")
    quantity: Units = key("Units in all.", unit="units")
    into: Parts = key("Number of orders.", unit="orders")
    next: NextSpec = key("When each further part is placed.", default=NextSpec())
    inspections: Inspections = key("Inspections bought for each part.", default=())


class PlanEntry(Spec):
    """A plan as the file writes it: order by order, or as a split."""

    title: str = key("The name to show.", default="")
    orders: Annotated[tuple[OrderSpec, ...], Field(strict=False, min_length=1, max_length=MOST_ORDERS)] | None = key(
        "The orders, written out. Give this or `split`.", default=None
    )
    split: SplitSpec | None = key("One quantity in several equal orders. Give this or `orders`.", default=None)

    @model_validator(mode="after")
    def _one_of_both(self) -> "PlanEntry":
        if (self.orders is None) == (self.split is None):
            raise PydanticCustomError("one_of", "a plan needs either `orders` or `split`")
        return self


class PlanGrid(Spec):
    """Plans for every combination of these values, each named by them, such as ``shenzhen-3000-x2-psi``."""

    supplier: Annotated[tuple[str, ...], Field(strict=False, min_length=1)] = key("Suppliers to try.")
    quantity: Annotated[tuple[Units, ...], Field(strict=False, min_length=1)] = key("Quantities to try.", unit="units")
    split_into: Annotated[tuple[Parts, ...], Field(strict=False, min_length=1)] = key(
        "Numbers of equal orders to try.", default=(1,), unit="orders"
    )
    inspections: Annotated[tuple[Inspections, ...], Field(strict=False, min_length=1)] = key(
        "Sets of inspections to try.", default=((),)
    )
    next: NextSpec = key("When each further part of a split is placed.", default=NextSpec())


class PlanSpec(Spec):
    """A plan in the form that is simulated, whichever way the file writes it.

    Attributes
    ----------
    name
        Its key in ``plans``, or the values of its cell of ``plan_grid``.
    title
        The name to show; the plan's name where the file gives none.
    orders
        In the order of the file. An order without ``start`` is placed on day 0.
    """

    name: str
    title: str
    orders: tuple[OrderSpec, ...]


def _parts(split: SplitSpec) -> tuple[OrderSpec, ...]:
    size, larger = divmod(split.quantity, split.into)
    orders: list[OrderSpec] = []
    for part in range(split.into):
        start = None
        if part:
            start = StartSpec(after=orders[-1].id, when=split.next.when, delay_days=split.next.delay_days)
        orders.append(
            OrderSpec(
                id="abcdefghijkl"[part],
                supplier=split.supplier,
                quantity=size + (part < larger),
                inspections=split.inspections,
                start=start,
            )
        )
    return tuple(orders)


def plan_expanded(name: str, entry: PlanEntry) -> PlanSpec:
    """Write a plan out order by order; a split of fewer units than parts keeps its non-empty parts only."""
    orders = entry.orders
    if orders is None:
        split = entry.split
        orders = () if split is None else _parts(split.model_copy(update={"into": min(split.into, split.quantity)}))
    return PlanSpec(name=name, title=entry.title or name, orders=orders)


def grid_size(grid: PlanGrid) -> int:
    """Number of plans in a grid."""
    return len(grid.supplier) * len(grid.quantity) * len(grid.split_into) * len(grid.inspections)


def grid_expanded(grid: PlanGrid) -> tuple[PlanSpec, ...]:
    """Write out the plans of a grid, the last key varying fastest; a value given twice counts once."""
    plans: dict[str, PlanSpec] = {}
    for supplier in grid.supplier:
        for quantity in grid.quantity:
            for into in grid.split_into:
                for inspections in grid.inspections:
                    bought = "+".join(inspections)
                    name = f"{supplier}-{quantity}-x{into}" + (f"-{bought}" if bought else "")
                    split = SplitSpec(
                        supplier=supplier,
                        quantity=quantity,
                        into=into,
                        next=grid.next,
                        inspections=inspections,
                    )
                    plans[name] = plan_expanded(name, PlanEntry(split=split))
    return tuple(plans.values())
