"""Probes of Kubernetes, and of people with curl."""

from fastapi import APIRouter, Request, Response

from app.health.checks import database_check, run_checks
from app.problems import problem_response

router = APIRouter(include_in_schema=False)


@router.get("/health/live")
@router.get("/health")
async def live() -> dict[str, str]:
    """Answer as long as the process does. Asks nobody else: restarting us would not repair a dead database."""
    return {"status": "alive"}


@router.get("/health/ready", response_model=None)
@router.get("/ready", response_model=None)
async def ready(request: Request) -> Response | dict[str, object]:
    """Say whether requests can be served, and name what is missing if not."""
    state = request.app.state
    checks = await run_checks(
        {"database": database_check(state.probe_engine)}, state.settings.readiness_timeout_seconds
    )
    failing = [f"{name} {result}" for name, result in checks.items() if result != "ok"]
    if failing:
        return problem_response(503, f"Not ready: {', '.join(failing)}.", kind="not-ready", checks=checks)
    return {"status": "ready", "checks": checks}
