/**
 * What shows that the application answers: the frontend passes this on, and the backend refuses it to whoever has no
 * session.
 */
export const applicationAnswer = { path: "/api/backend/auth/me", status: 401 };
