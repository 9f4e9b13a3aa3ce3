"""Compare a method that overrides one of Airflow's with how 1.10 and the target call it."""

from __future__ import annotations

import libcst as cst

from codemods.engine.file import short_name
from codemods.profiles.methods import Method

_NEVER = "is not there on the target, so Airflow does not call this one: see what took its place"


def parameters(node: cst.FunctionDef) -> Method:
    """The parameters of a method of the file, without ``self``."""
    decorators = {short_name(one.decorator) for one in node.decorators}
    bound = 0 if "staticmethod" in decorators else 1
    params = [*node.params.posonly_params, *node.params.params]
    further = node.params.kwonly_params
    required = [one.name.value for one in [*params[bound:], *further] if one.default is None]
    return Method(
        tuple(one.name.value for one in params[bound:]),
        tuple(one.name.value for one in further),
        tuple(required),
        rest=isinstance(node.params.star_arg, cst.Param),
        more=node.params.star_kwarg is not None,
        property=bool(decorators & {"property", "cached_property"}),
    )


def trouble(ours: Method, before: Method, after: Method | None) -> str:
    """What is wrong with an override on the target, empty when nothing is, or was so in 1.10 already."""
    if after is None:
        return _NEVER
    if after.property not in {before.property, ours.property}:
        return f"is {'a property' if after.property else 'a method'} on the target"
    known = (*before.positional, *before.keywords)
    new = [] if ours.more else [name for name in (*after.positional, *after.keywords) if name not in known]
    lacking = [name for name in new if name not in (*ours.positional, *ours.keywords)]
    if lacking and not (ours.rest and set(lacking) <= {*after.positional}):
        return f"takes {', '.join(lacking)} on the target, which this one does not: let it take them, or **kwargs"
    lost = [name for name in ours.required if name in known and name not in (*after.positional, *after.keywords)]
    if lost and len(ours.required) > len(after.positional) and not after.rest:
        return f"is not given {', '.join(lost)} on the target"
    return ""
