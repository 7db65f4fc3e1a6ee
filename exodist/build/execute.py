"""Runs the steps of a plan: from the cache where the same action ran before, else in the sandbox.

Inputs come before users; independent steps run in parallel. The first failure stops new steps,
lets the running ones end, and is raised.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

from exodist.build.plan import Plan, Step
from exodist.build.reapi import (
    Digest,
    Node,
    encode_action,
    encode_command,
    tree_digest,
)
from exodist.build.sandbox import ENVIRONMENT, Sandbox
from exodist.build.store import Result, Store
from exodist.build.toolchain import Toolchain
from exodist.errors import ToolError

# REAPI platform lexicon names of the hosts that run actions.
_ISA = {"x86_64": "x86-64", "aarch64": "arm-a64"}


@dataclass
class Tally:
    """What a build did, and what each step gave."""

    run: int = 0
    cached: int = 0
    results: dict[str, Result] = field(default_factory=dict)
    actions: dict[str, Digest] = field(default_factory=dict)


@dataclass(frozen=True)
class Action:
    """A step with all its inputs known."""

    step: Step
    inputs: Mapping[str, Node]
    digest: Digest

    @property
    def hashes(self) -> dict[str, str]:
        """The inputs as results record them."""
        return {path: node.digest.hash for path, node in self.inputs.items()}

    @property
    def command(self) -> str:
        return "\0".join(self.step.arguments)


def platform_of(toolchain: Toolchain) -> dict[str, str]:
    system, _, machine = toolchain.host.partition("-")
    return {"ISA": _ISA.get(machine, machine), "OSFamily": system}


def make_action(step: Step, made: Mapping[str, Result], toolchain: Toolchain) -> Action:
    """The action of a step whose made inputs are in `made`."""
    inputs = {**step.shared, **step.files}
    for path, (maker, output) in step.made.items():
        inputs[path] = Node(made[maker].outputs[output])
    platform = platform_of(toolchain)
    root = tree_digest({**inputs, "toolchain": toolchain.digest})
    command = encode_command(step.arguments, ENVIRONMENT, step.outputs, platform)
    action = encode_action(Digest.of(command), root, platform)
    return Action(step, inputs, Digest.of(action))


# Called after each step that ran: its name, steps done, all steps, its action.
Reporter = Callable[[str, int, int, Action], None]


class Executor:
    """Runs plans over one store with one toolchain."""

    def __init__(
        self,
        store: Store,
        sandbox: Callable[[], Sandbox],
        toolchain: Toolchain,
        jobs: int,
        report: Reporter,
    ) -> None:
        self._store = store
        self._sandbox = sandbox
        self._toolchain = toolchain
        self._jobs = jobs
        self._report = report

    def findings(self, plan: Plan) -> list[str]:
        """What the failing steps of a plan without dependencies say; all of them run."""
        actions = [make_action(step, {}, self._toolchain) for step in plan.steps.values()]
        fresh = [action for action in actions if self._store.load(action.digest) is None]
        with ThreadPoolExecutor(self._jobs) as pool:
            return [said for said in pool.map(lambda a: self._finding(plan, a), fresh) if said]

    def _finding(self, plan: Plan, action: Action) -> str:
        try:
            self._execute(plan, action)
        except ToolError as error:
            return f"{error}\n{error.output}"
        return ""

    def run(self, plan: Plan) -> Tally:
        """Results of all steps; raises ToolError of the first that fails."""
        tally = Tally()
        waiting = dict(plan.steps)
        running: dict[Future[Result], Action] = {}
        with ThreadPoolExecutor(self._jobs) as pool:
            try:
                while waiting or running:
                    self._start_ready(plan, waiting, running, tally, pool)
                    self._finish_some(running, tally, len(plan.steps))
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise
        return tally

    def _start_ready(
        self,
        plan: Plan,
        waiting: dict[str, Step],
        running: dict[Future[Result], Action],
        tally: Tally,
        pool: ThreadPoolExecutor,
    ) -> None:
        """Take every step whose inputs are made: from the cache, or into the pool."""
        moved = True
        while moved:
            moved = False
            for name, step in list(waiting.items()):
                if any(maker not in tally.results for maker, _ in step.made.values()):
                    continue
                del waiting[name]
                moved = True
                action = make_action(step, tally.results, self._toolchain)
                tally.actions[name] = action.digest
                known = self._store.load(action.digest)
                if known is not None:
                    tally.results[name] = known
                    tally.cached += 1
                else:
                    running[pool.submit(self._execute, plan, action)] = action

    def _finish_some(self, running: dict[Future[Result], Action], tally: Tally, total: int) -> None:
        if not running:
            return
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            action = running.pop(future)
            tally.results[action.step.name] = future.result()
            tally.run += 1
            self._report(action.step.name, tally.run + tally.cached, total, action)

    def _execute(self, plan: Plan, action: Action) -> Result:
        for digest in {node.digest for node in action.inputs.values()}:
            if not self._store.has(digest):
                self._bring(plan, digest)
        step = action.step
        outputs, printed = self._sandbox().run(
            step.name, list(step.arguments), action.inputs, step.outputs, step.shared
        )
        if printed.strip():
            raise ToolError(f"`{step.name}` printed a warning", output=printed)
        result = Result(outputs, printed, action.hashes, action.command)
        self._store.save(action.digest, result)
        return result

    def _bring(self, plan: Plan, digest: Digest) -> None:
        """Put a static input into the store."""
        origin = plan.origins.get(digest)
        if isinstance(origin, Path):
            self._store.put_file(origin, digest)
        elif origin is not None:
            self._store.put_bytes(origin)
        else:
            self._store.path(digest)
