"""OptiLearn: courses, engagement, assessment, and much that later parts bring."""

from collections.abc import Sequence

from tests.api.coverage.rows import Kind, Row, Seed, Sheet, When

_sheet = Sheet(Seed.OPTILEARN)
_COURSE, _LESSON = "/courses/{course_id}", "/lessons/{lesson_id}"
_REPORT = "/analytics/reports/{report_id}"
_SCHEDULE = "/analytics/reports/schedules/{report_schedule_id}"
_ALERT = "/analytics/reports/alerts/{report_alert_id}"

_CONTENT: Sequence[Row] = (
    _sheet.endpoint("GET /courses"),
    _sheet.endpoint("POST /courses"),
    _sheet.endpoint("GET /courses/[id]", f"GET {_COURSE}"),
    _sheet.endpoint("PATCH /courses/[id]", f"PATCH {_COURSE}"),
    _sheet.endpoint("DELETE /courses/[id]", f"DELETE {_COURSE}", remark="archives"),
    _sheet.endpoint("POST /courses/[id]/publish", f"POST {_COURSE}/publish"),
    _sheet.endpoint("POST /courses/[id]/duplicate", f"POST {_COURSE}/duplicate"),
    _sheet.endpoint("GET /courses/[id]/modules", f"GET {_COURSE}/modules"),
    _sheet.endpoint("POST /courses/[id]/modules", f"POST {_COURSE}/modules"),
    _sheet.endpoint("POST /courses/[id]/lessons", f"POST {_COURSE}/lessons"),
    _sheet.endpoint("GET /courses/[id]/announcements", f"GET {_COURSE}/announcements"),
    _sheet.endpoint(
        "POST /courses/[id]/announcements",
        f"POST {_COURSE}/announcements",
        remark="for cohorts of the course, or everybody",
    ),
    _sheet.endpoint("GET /courses/[id]/discussions", f"GET {_COURSE}/discussions"),
    _sheet.endpoint("POST /courses/[id]/discussions", f"POST {_COURSE}/discussions"),
    _sheet.endpoint("PATCH /modules/[id]", "PATCH /modules/{module_id}"),
    _sheet.endpoint("DELETE /modules/[id]", "DELETE /modules/{module_id}"),
    _sheet.endpoint("GET /lessons/[id]", f"GET {_LESSON}"),
    _sheet.endpoint("PATCH /lessons/[id]", f"PATCH {_LESSON}"),
    _sheet.endpoint("DELETE /lessons/[id]", f"DELETE {_LESSON}"),
)

_ENGAGEMENT: Sequence[Row] = (
    _sheet.endpoint("GET /lessons/[id]/notes", f"GET {_LESSON}/notes"),
    _sheet.endpoint("POST /lessons/[id]/notes", f"POST {_LESSON}/notes"),
    _sheet.endpoint("GET /lessons/[id]/notes/[noteId]", f"GET {_LESSON}/notes/{{note_id}}"),
    _sheet.endpoint("PATCH /lessons/[id]/notes/[noteId]", f"PATCH {_LESSON}/notes/{{note_id}}"),
    _sheet.endpoint("DELETE /lessons/[id]/notes/[noteId]", f"DELETE {_LESSON}/notes/{{note_id}}"),
    _sheet.endpoint("GET /lessons/[id]/bookmarks", f"GET {_LESSON}/bookmarks"),
    _sheet.endpoint("POST /lessons/[id]/bookmarks", f"POST {_LESSON}/bookmarks"),
    _sheet.endpoint(
        "GET /lessons/[id]/bookmarks/[bookmarkId]", f"GET {_LESSON}/bookmarks/{{bookmark_id}}"
    ),
    _sheet.endpoint(
        "PATCH /lessons/[id]/bookmarks/[bookmarkId]", f"PATCH {_LESSON}/bookmarks/{{bookmark_id}}"
    ),
    _sheet.endpoint(
        "DELETE /lessons/[id]/bookmarks/[bookmarkId]", f"DELETE {_LESSON}/bookmarks/{{bookmark_id}}"
    ),
    _sheet.endpoint("GET /lessons/[id]/captions", f"GET {_LESSON}/captions"),
    _sheet.endpoint("POST /lessons/[id]/captions", f"POST {_LESSON}/captions"),
    _sheet.endpoint(
        "PATCH /lessons/[id]/captions/[captionId]", f"PATCH {_LESSON}/captions/{{caption_id}}"
    ),
    _sheet.endpoint(
        "DELETE /lessons/[id]/captions/[captionId]", f"DELETE {_LESSON}/captions/{{caption_id}}"
    ),
    _sheet.endpoint(
        "GET /lessons/[id]/captions/[captionId]/transcript",
        f"GET {_LESSON}/captions/{{caption_id}}/transcript",
    ),
    _sheet.endpoint("GET /lessons/[id]/discussions", f"GET {_LESSON}/discussions"),
    _sheet.endpoint("POST /lessons/[id]/discussions", f"POST {_LESSON}/discussions"),
    _sheet.endpoint(
        "GET /lessons/[id]/blocks/[blockId]/answer", f"GET {_LESSON}/blocks/{{block_id}}/answer"
    ),
    _sheet.endpoint(
        "POST /lessons/[id]/blocks/[blockId]/answer", f"POST {_LESSON}/blocks/{{block_id}}/answer"
    ),
    _sheet.endpoint(
        "POST /lessons/[id]/events", f"POST {_LESSON}/events", remark="statements of xAPI's video"
    ),
    _sheet.endpoint(
        "POST /lessons/[id]/interactions",
        f"POST {_LESSON}/events",
        f"POST {_LESSON}/blocks/{{block_id}}/answer",
        remark="`interacted` is an event of a lesson; what is answered is a block's",
    ),
    _sheet.endpoint("POST /lessons/[id]/pdf-progress", f"POST {_LESSON}/pdf-progress"),
    _sheet.endpoint(
        "POST /lessons/[id]/progress/progress-v2",
        f"POST {_LESSON}/progress",
        remark="one version of it",
    ),
    _sheet.endpoint("GET /me/notes", "GET /my/notes"),
    _sheet.endpoint("GET /me/bookmarks", "GET /my/bookmarks"),
    _sheet.endpoint("GET /me/peer-reviews", "GET /my/peer-reviews"),
)

_ENROLLMENT: Sequence[Row] = (
    _sheet.endpoint("POST /courses/[id]/enroll", f"POST {_COURSE}/enroll"),
    _sheet.endpoint("GET /courses/[id]/enrollments", f"GET {_COURSE}/enrollments"),
    _sheet.endpoint("POST /courses/[id]/enrollments", f"POST {_COURSE}/enrollments"),
    _sheet.endpoint(
        "GET /courses/[id]/enrollments/[studentId]", f"GET {_COURSE}/enrollments/{{user_id}}"
    ),
    _sheet.endpoint(
        "DELETE /courses/[id]/enrollments/[studentId]", f"DELETE {_COURSE}/enrollments/{{user_id}}"
    ),
    _sheet.endpoint("POST /lessons/[id]/progress", f"POST {_LESSON}/progress"),
    _sheet.endpoint("GET /catalogue"),
    _sheet.endpoint("GET /my-courses"),
    _sheet.endpoint("GET /learn/[courseId]", "GET /learn/{course_id}"),
    _sheet.endpoint("GET /learn/[courseId]/[lessonId]", "GET /learn/{course_id}/{lesson_id}"),
    _sheet.endpoint("POST /reviews"),
    _sheet.endpoint("GET /certificates", "GET /certificates", "GET /my/certificates"),
    _sheet.endpoint("GET /certificates/verify", remark="`?code=`"),
    _sheet.endpoint("GET /learning-paths"),
    _sheet.endpoint("POST /learning-paths"),
    _sheet.endpoint("GET /learning-paths/[id]", "GET /learning-paths/{path_id}"),
    _sheet.endpoint("PATCH /learning-paths/[id]", "PATCH /learning-paths/{path_id}"),
    _sheet.endpoint("POST /learning-paths/[id]/courses", "POST /learning-paths/{path_id}/courses"),
    _sheet.endpoint("POST /learning-paths/[id]/enroll", "POST /learning-paths/{path_id}/enroll"),
)

_ASSESSMENT: Sequence[Row] = (
    _sheet.endpoint("GET /quiz/[id]", "GET /quizzes/{quiz_id}"),
    _sheet.endpoint("PUT /quiz/[id]", "PUT /quizzes/{quiz_id}"),
    _sheet.endpoint("POST /quiz/[id]/attempt", "POST /quizzes/{quiz_id}/attempts"),
    _sheet.endpoint("GET /quiz/[id]/attempts", "GET /quizzes/{quiz_id}/attempts"),
    _sheet.endpoint("GET /assignments/[id]", "GET /assignments/{assignment_id}"),
    _sheet.endpoint("PUT /assignments/[id]", "PUT /assignments/{assignment_id}"),
    _sheet.endpoint(
        "POST /assignments/[id]/submit", "POST /assignments/{assignment_id}/submissions"
    ),
    _sheet.endpoint(
        "POST /assignments/[id]/grade",
        "PATCH /submissions/{submission_id}/grade",
        remark="the submission says whose work it is",
    ),
    _sheet.endpoint(
        "GET /assignments/[id]/submissions", "GET /assignments/{assignment_id}/submissions"
    ),
    _sheet.endpoint(
        "GET /assignments/[id]/peer-reviews", "GET /assignments/{assignment_id}/peer-reviews"
    ),
    _sheet.endpoint("GET /peer-reviews/[id]", "GET /peer-reviews/{review_id}"),
    _sheet.endpoint("PATCH /peer-reviews/[id]", "PATCH /peer-reviews/{review_id}"),
    _sheet.endpoint("POST /peer-reviews/[id]/submit", "POST /peer-reviews/{review_id}/submit"),
    _sheet.endpoint("POST /peer-reviews/[id]/flag", "POST /peer-reviews/{review_id}/flag"),
)

_PLATFORM: Sequence[Row] = (
    _sheet.endpoint("GET /notifications"),
    _sheet.endpoint("PATCH /notifications/read"),
    _sheet.endpoint("GET /notifications/unread-count"),
    _sheet.endpoint("GET /notifications/preferences"),
    _sheet.endpoint("PATCH /notifications/preferences"),
    _sheet.endpoint("DELETE /notifications/preferences"),
    _sheet.endpoint("PATCH /notifications/preferences/digest-times"),
    _sheet.endpoint(
        "GET /gamification/leaderboard",
        "GET /analytics/leaderboard",
        remark="over a course, a path or all, by period",
    ),
    _sheet.endpoint(
        "GET /gamification/streak",
        "GET /analytics/users/{user_id}",
        remark="the streak is there; points come with gamification",
    ),
    _sheet.endpoint(
        "GET /compliance/training",
        "GET /compliance/requirements",
        remark="audiences, due dates, evidence",
    ),
    _sheet.endpoint("POST /compliance/training", "POST /compliance/requirements"),
    _sheet.endpoint(
        "GET /compliance/records",
        "GET /compliance/requirements/{requirement_id}/records",
        "GET /my/records",
    ),
    _sheet.endpoint("GET /scorm/[id]/launch", "POST /lessons/{lesson_id}/launch"),
    _sheet.endpoint(
        "POST /scorm/[id]/track",
        "POST /runtime/launch/{token}/commits",
        remark="the player's; the token is of one launch",
    ),
    _sheet.endpoint("GET /xapi/statements", "GET /xapi/statements", remark="at /xapi itself"),
    _sheet.endpoint("POST /xapi/statements", "POST /xapi/statements", remark="at /xapi itself"),
    _sheet.endpoint("GET /analytics/courses/[id]", "GET /analytics/courses/{course_id}"),
    _sheet.endpoint(
        "POST /upload", remark="501, as there is no store but ours: POST /files takes the file"
    ),
    _sheet.endpoint("GET /files"),
    _sheet.endpoint("POST /files"),
    _sheet.endpoint("GET /settings", remark="without fees"),
    _sheet.endpoint("PATCH /settings", remark="without fees"),
    _sheet.endpoint("GET /categories"),
    _sheet.endpoint("POST /categories"),
    _sheet.endpoint("GET /audit-log"),
    _sheet.endpoint("POST /compliance/waive"),
)

_REPORTS: Sequence[Row] = (
    _sheet.endpoint("POST /analytics/reports/run"),
    _sheet.endpoint("POST /analytics/reports/export"),
    _sheet.endpoint("GET /analytics/entities"),
    _sheet.endpoint("GET /analytics/reports"),
    _sheet.endpoint("POST /analytics/reports"),
    _sheet.endpoint("GET /analytics/reports/[id]", f"GET {_REPORT}"),
    _sheet.endpoint("PATCH /analytics/reports/[id]", f"PATCH {_REPORT}"),
    _sheet.endpoint("DELETE /analytics/reports/[id]", f"DELETE {_REPORT}"),
    _sheet.endpoint("GET /analytics/reports/[id]/schedules", f"GET {_REPORT}/schedules"),
    _sheet.endpoint("POST /analytics/reports/[id]/schedules", f"POST {_REPORT}/schedules"),
    _sheet.endpoint("PATCH /analytics/reports/schedules/[id]", f"PATCH {_SCHEDULE}"),
    _sheet.endpoint("DELETE /analytics/reports/schedules/[id]", f"DELETE {_SCHEDULE}"),
    _sheet.endpoint("GET /analytics/reports/[id]/alerts", f"GET {_REPORT}/alerts"),
    _sheet.endpoint("POST /analytics/reports/[id]/alerts", f"POST {_REPORT}/alerts"),
    _sheet.endpoint("PATCH /analytics/reports/alerts/[id]", f"PATCH {_ALERT}"),
    _sheet.endpoint("DELETE /analytics/reports/alerts/[id]", f"DELETE {_ALERT}"),
)

_AWAITED: Sequence[Row] = (
    *_sheet.awaited(
        When.PART_5,
        "the server's own clockwork does it; nothing is to be called from outside",
        "GET /cron/report-schedules",
        "GET /cron/analytics-snapshot",
        "GET /cron/assignment-reminders",
    ),
    *_sheet.awaited(
        When.LATER,
        "live sessions and their recordings",
        "GET /live-sessions",
        "POST /live-sessions",
        "POST /live-sessions/[id]/start",
        "POST /live-sessions/[id]/end",
        "POST /live-sessions/[id]/join",
        "POST /live-sessions/[id]/register",
        "POST /live-sessions/[id]/attendance",
        "GET /live-sessions/[id]/ics",
        "POST /live-sessions/[id]/recording/start",
        "POST /live-sessions/[id]/recording/stop",
        "POST /webhooks/jitsi-recording",
    ),
    *_sheet.awaited(When.LATER, "push messages", "POST /notifications/push-token"),
    *_sheet.awaited(
        When.LATER,
        "guardians and their children",
        "GET /parent/children",
        "GET /parent/children/[childId]/overview",
    ),
    *_sheet.awaited(When.LATER, "badges and points", "GET /gamification/badges"),
    *_sheet.awaited(When.LATER, "fees and payments", "GET /analytics/dashboard/revenue"),
    *_sheet.awaited(
        When.LATER, "the CRM; the webhook enrollment.completed tells it now", "POST /sync/opticrm"
    ),
)

_CODES: Sequence[Row] = (
    _sheet.code("AUTH_REQUIRED", "auth_required"),
    _sheet.code("FORBIDDEN", "forbidden"),
    _sheet.code(
        "NOT_FOUND", "not_found", "course_not_found", remark="by what it is that is missing"
    ),
    _sheet.code("VALIDATION_ERROR", "validation_error", remark="422, or 400 where malformed"),
    _sheet.code(
        "TENANT_MISMATCH",
        "course_not_found",
        remark="404: nobody learns what another organization has",
    ),
    _sheet.code("ENROLLMENT_REQUIRED", "enrollment_required"),
    _sheet.code("ALREADY_ENROLLED", "already_enrolled"),
    _sheet.code("COURSE_FULL", "enrollment_limit_reached"),
    _sheet.code("ATTEMPT_LIMIT", "quiz_attempts_exhausted", "attempts_exhausted"),
    _sheet.code("LESSON_LOCKED", "lesson_locked"),
    *_sheet.awaited(When.LATER, "fees and payments", "FEE_OVERDUE", kind=Kind.CODE),
    _sheet.limit("/analytics/reports/run: 30 a minute", "reports=30/1m"),
    _sheet.limit("/analytics/reports/export: 10 a minute", "exports=10/1m"),
    _sheet.limit("General write endpoints: 30 a minute", "writes=30/1m"),
    _sheet.limit("General read endpoints: 100 a minute", "reads=100/1m"),
    _sheet.code("INTERNAL_ERROR", "internal_error", remark="`meta.id` is to be quoted"),
)

ROWS: Sequence[Row] = (
    *_CONTENT,
    *_ENGAGEMENT,
    *_ENROLLMENT,
    *_ASSESSMENT,
    *_PLATFORM,
    *_REPORTS,
    *_AWAITED,
    *_CODES,
)
