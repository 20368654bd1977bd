"""Chat endpoints."""

import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from app.auth.dependencies import CurrentUser, SettingsDep
from app.chat import history
from app.chat.models import ChatMessage
from app.chat.schemas import Answer, AnswerResult, ChatInput, ChatMessageOut, ChatQuery, Confirm, event_name
from app.chat.service import Turn, begin_turn, converse
from app.database import SessionDep
from app.zone import Zone

router = APIRouter(prefix="/chat", tags=["chat"])


@router.get("/messages", response_model=list[ChatMessageOut])
async def list_messages(
    query: Annotated[ChatQuery, Query()], user: CurrentUser, session: SessionDep
) -> Sequence[ChatMessage]:
    """Return the latest messages, oldest first."""
    return await history.last_messages(session, owner_id=user.id, limit=query.limit)


async def _turn(
    body: ChatInput, user: CurrentUser, session: SessionDep, request: Request, settings: SettingsDep, _: Zone
) -> Turn:
    # Before the answer begins: what cannot be stored gets a status of its own. Nothing is stored without a proper zone.
    turn = await begin_turn(
        session,
        request.app.state.model,
        owner_id=user.id,
        content=body.content,
        most_answers=settings.llm_answers_per_day,
    )
    await session.close()
    return turn


@router.post("/messages", response_class=EventSourceResponse)
async def send_message(
    turn: Annotated[Turn, Depends(_turn)], request: Request, settings: SettingsDep, zone: Zone
) -> AsyncIterator[ServerSentEvent]:
    """Say something. The answer is a stream of events: `text`, `changed`, `confirm`, at the end `done` or `failed`."""
    state = request.app.state
    answer = converse(state.sessions, state.reads, turn, zone=zone, most_todos=settings.max_todos)
    async with aclosing(answer) as events:
        async for event in events:
            yield ServerSentEvent(event=event_name(type(event)), data=event)


@router.delete("/messages", status_code=204)
async def forget_messages(user: CurrentUser, session: SessionDep) -> None:
    """Delete the conversation."""
    await history.forget(session, owner_id=user.id)


@router.get("/confirmations")
async def list_questions(user: CurrentUser, session: SessionDep) -> list[Confirm]:
    """Return the questions that are open, oldest first."""
    return await history.open_questions(session, owner_id=user.id)


@router.post("/confirmations/{question_id:uuid}")
async def answer_question(question_id: uuid.UUID, body: Answer, user: CurrentUser, session: SessionDep) -> AnswerResult:
    """Agree to a deletion, or refuse it. Each question can be answered once."""
    deleted = await history.answer(session, owner_id=user.id, question_id=question_id, approve=body.approve)
    return AnswerResult(deleted=deleted)
