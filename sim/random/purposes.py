"""What a uniform is for: part of its address, so that draws with one meaning are shared between plans.

Numbers are never reused or renumbered: the same seed must give the same draws in every later version.
Purposes 2k and 2k+1 are the two halves of one 128-bit Philox output, so what is needed together stands together.
"""

from __future__ import annotations

from enum import IntEnum, unique


@unique
class Purpose(IntEnum):
    """The meaning of a draw. Entity and index, where they are not obvious, are given beside it."""

    # Entity: the firm (a supplier's identity). Index: defect class, or 0.
    SUPPLIER_QUALITY = 0
    LIMIT_USED_BY_OTHERS = 2
    NEVER_SHIPS = 3

    # Entity: the order (its supplier and how many-th order with that supplier it is). Index: defect class, or 0.
    LOT_QUALITY = 8
    LOT_ROUNDING = 9
    BAD_LOT = 10
    BAD_LOT_SHARE = 11
    LATENT_ROUNDING = 12
    LATENT_DAYS = 13
    PRODUCTION = 14
    TRANSIT = 15
    DAMAGE_ROUNDING = 16
    GOODS_CHECK = 17
    IN_CONTRACT = 18

    # During-production inspection. Index: defect class, or 0.
    VISIT_SAMPLED = 24
    VISIT_DETECTED = 25
    CORRECTION_ROUNDING = 26

    # Pre-shipment inspection. Index: 4 * attempt + defect class, or the attempt.
    SAMPLED = 32
    DETECTED = 33
    BOOKING = 34
    REWORK_REFUSED = 35
    REWORK_DAYS = 36
    REWORK_ROUNDING = 37

    # Disputes. Index: 32768 * ground + round, or 32768 * ground.
    SUPPLIER_SILENT = 48
    CONCEDES = 49
    OPENING_OFFER = 50
    PAYOUT_DAYS = 51
    SUPPLIER_REPLY = 52
    BUYER_REPLY = 53
    SUPPLIER_EVIDENCE = 54
    BUYER_EVIDENCE = 55
    UPHELD = 56
    DECISION_DAYS = 57
    AWARD_SHARE = 58
    GOODS_RETURNED = 59
    REFUND_DEFAULT = 60
