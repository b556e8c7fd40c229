"""Values: that what one stage hands to the next is changed by nobody on the way."""

import importlib
import inspect
import pkgutil
from dataclasses import is_dataclass

import ballot
from ballot.wire import Wire

STAGES = [
    found.name
    for found in pkgutil.walk_packages(ballot.__path__, "ballot.")
    if not found.name.startswith(("ballot.commands", "ballot.store", "ballot.acts")) and "__main__" not in found.name
]
IN_THE_MAKING = {"ballot.ledger.Ledger", "ballot.trustees.presence._Presence"}
"""What is filled act by act while a journal is replayed."""


def test_no_value_of_a_stage_can_be_changed() -> None:
    changeable = set()
    for name in STAGES:
        for _, value in inspect.getmembers(importlib.import_module(name), inspect.isclass):
            if value.__module__ != name or value is Wire:
                continue
            is_struct = issubclass(value, Wire) and not value.__struct_config__.frozen
            if is_struct or (is_dataclass(value) and not vars(value)["__dataclass_params__"].frozen):
                changeable.add(f"{name}.{value.__name__}")
    assert changeable == IN_THE_MAKING
