"""Which test shows an answer: routes, events and codes by the test that calls or names them."""

from collections.abc import Mapping, Sequence

BY_TEST: Mapping[str, Mapping[str, Sequence[str]]] = {
    "api/test_analytics.py": {
        "test_a_courses_figures_are_what_its_statements_tell": (
            "GET /analytics/courses/{course_id}",
        ),
        "test_a_person_sees_their_own_figures": ("GET /analytics/users/{user_id}",),
        "test_people_are_ranked_by_what_they_did": ("GET /analytics/leaderboard",),
    },
    "api/test_announcements.py": {
        "test_learners_see_what_is_published_for_them": (
            "GET /courses/{course_id}/announcements",
            "POST /courses/{course_id}/announcements",
        ),
    },
    "api/test_api_keys.py": {
        "test_a_key_is_shown_once_and_only_its_hash_is_kept": ("GET /api-keys", "POST /api-keys"),
        "test_a_key_opens_the_record_store_as_its_scopes_say": ("GET /xapi/statements",),
        "test_a_revoked_an_expired_and_a_deleted_key_are_refused": (
            "POST /api-keys/{key_id}/revoke",
        ),
    },
    "api/test_assignments.py": {
        "test_a_copied_course_has_copies_of_its_assignments_and_captions": (
            "GET /lessons/{lesson_id}/captions",
            "POST /courses/{course_id}/duplicate",
            "POST /lessons/{lesson_id}/captions",
        ),
        "test_a_grade_is_told_as_statements_and_another_one_takes_it_back": (
            "PATCH /submissions/{submission_id}/grade",
            "assignment.graded",
        ),
        "test_an_assignment_is_made_shown_changed_put_and_archived": (
            "GET /assignments/{assignment_id}",
            "POST /assignments",
            "PUT /assignments/{assignment_id}",
        ),
        "test_each_submission_is_an_attempt_and_the_best_one_counts": (
            "GET /assignments/{assignment_id}/submissions",
        ),
        "test_late_work_is_refused_or_costs_points": ("assignment_past_due",),
        "test_work_is_handed_in_with_files_and_seen_by_those_who_may": (
            "POST /assignments/{assignment_id}/submissions",
            "assignment.submitted",
        ),
    },
    "api/test_attempt_policies.py": {
        "test_limited_attempts_are_used_up": ("attempts_exhausted",),
    },
    "api/test_audit_log.py": {
        "test_it_is_read_page_by_page_and_by_who_what_and_when": ("GET /audit-log",),
    },
    "api/test_certificate_routes.py": {
        "test_a_certificate_is_issued_anew_and_revoked": (
            "POST /certificates",
            "POST /certificates/{certificate_id}/revoke",
        ),
        "test_a_statement_that_completes_a_course_leads_to_its_certificate": (
            "GET /my/certificates",
            "POST /courses/{course_id}/enroll",
        ),
        "test_anybody_verifies_a_certificate": (
            "GET /certificates/verify",
            "GET /certificates/verify/{certificate_number}",
        ),
        "test_learners_find_their_own": ("GET /certificates",),
        "test_templates_are_kept_and_changed": (
            "GET /certificate-templates",
            "POST /certificate-templates",
        ),
    },
    "api/test_conventions.py": {
        "test_what_is_not_json_is_400": ("validation_error",),
        "test_what_nobody_foresaw_is_500_with_an_id_and_no_trace": ("internal_error",),
    },
    "api/test_courses.py": {
        "test_a_course_has_every_attribute": (
            "GET /courses/external/{external_id}",
            "GET /courses/{course_id}",
            "POST /courses",
        ),
        "test_a_course_is_published_archived_and_restored": ("POST /courses/{course_id}/publish",),
        "test_categories_are_a_tree": ("GET /categories", "POST /categories", "category_exists"),
        "test_courses_are_found_by_what_they_are": ("GET /courses",),
        "test_slugs_and_external_ids_are_had_once": ("PATCH /courses/{course_id}", "slug_taken"),
    },
    "api/test_coverage.py": {
        "test_the_document_is_what_the_table_says": (
            "discussion.created",
            "discussion.replied",
            "enrollment.expired",
            "enrollment_limit_reached",
            "lesson.completed",
            "not_found",
            "quiz_attempts_exhausted",
        ),
    },
    "api/test_decisions.py": {
        "test_a_waiver_is_told_as_a_statement_and_revoked": ("POST /compliance/waive",),
    },
    "api/test_discussions.py": {
        "test_a_thread_is_begun_answered_and_resolved": (
            "GET /lessons/{lesson_id}/discussions",
            "PATCH /discussions/{discussion_id}/resolve",
            "POST /courses/{course_id}/discussions",
            "POST /discussions/{discussion_id}/replies",
        ),
        "test_authors_edit_and_moderators_pin_lock_and_delete": (
            "GET /courses/{course_id}/discussions",
        ),
        "test_each_person_has_one_vote_and_none_for_their_own": (
            "POST /lessons/{lesson_id}/discussions",
        ),
    },
    "api/test_engagement.py": {
        "test_answers_to_blocks_are_statements": (
            "GET /lessons/{lesson_id}/blocks/{block_id}/answer",
            "POST /lessons/{lesson_id}/blocks/{block_id}/answer",
        ),
        "test_captions_are_checked_and_make_a_transcript": (
            "DELETE /lessons/{lesson_id}/captions/{caption_id}",
            "GET /lessons/{lesson_id}/captions/{caption_id}/transcript",
            "PATCH /lessons/{lesson_id}/captions/{caption_id}",
        ),
        "test_each_enrolled_person_reviews_a_course_once": ("POST /reviews",),
        "test_notes_and_bookmarks_are_ones_own": (
            "DELETE /lessons/{lesson_id}/bookmarks/{bookmark_id}",
            "DELETE /lessons/{lesson_id}/notes/{note_id}",
            "GET /lessons/{lesson_id}/bookmarks",
            "GET /lessons/{lesson_id}/bookmarks/{bookmark_id}",
            "GET /lessons/{lesson_id}/notes",
            "GET /lessons/{lesson_id}/notes/{note_id}",
            "GET /my/bookmarks",
            "GET /my/notes",
            "PATCH /lessons/{lesson_id}/bookmarks/{bookmark_id}",
            "PATCH /lessons/{lesson_id}/notes/{note_id}",
            "POST /lessons/{lesson_id}/bookmarks",
            "POST /lessons/{lesson_id}/notes",
        ),
    },
    "api/test_enrollment_requests.py": {
        "test_a_rejection_says_why_and_one_may_ask_again": (
            "POST /enrollment-requests/{request_id}/reject",
        ),
        "test_an_approval_enrols_and_is_given_once": (
            "GET /enrollment-requests",
            "POST /enrollment-requests",
            "POST /enrollment-requests/{request_id}/approve",
        ),
    },
    "api/test_enrollments.py": {
        "test_an_enrollment_is_made_extended_and_cancelled": (
            "DELETE /enrollments/{enrollment_id}",
            "GET /courses/{course_id}/enrollments",
            "POST /enrollments",
            "enrollment.created",
        ),
        "test_bulk_enrollment_says_what_came_of_each": ("POST /enrollments/bulk",),
        "test_learners_enrol_and_leave_by_themselves": (
            "DELETE /courses/{course_id}/enrollments/{user_id}",
            "GET /courses/{course_id}/enrollments/{user_id}",
            "POST /courses/{course_id}/enrollments",
            "already_enrolled",
            "course_not_found",
        ),
    },
    "api/test_files.py": {
        "test_a_file_is_typed_by_its_content_hashed_and_given_back": (
            "GET /files/{file_id}/content",
            "POST /files",
        ),
        "test_files_are_seen_by_their_owner_the_course_and_those_who_teach": ("GET /files",),
        "test_presigned_uploads_are_said_to_be_none": ("POST /upload",),
    },
    "api/test_identity.py": {
        "test_a_token_that_is_not_good_is_refused": ("auth_required",),
    },
    "api/test_learn.py": {
        "test_an_expired_enrollment_and_missing_prerequisites_close_everything": (
            "enrollment_expired",
            "prerequisite_not_met",
        ),
        "test_locked_lessons_can_neither_be_read_nor_launched": ("lesson_locked",),
        "test_statistics_count_people_and_average_progress": ("GET /courses/{course_id}/stats",),
        "test_the_catalogue_says_who_may_come_in": ("GET /catalogue", "GET /my-courses"),
        "test_the_way_through_a_course": (
            "GET /learn/{course_id}",
            "GET /learn/{course_id}/{lesson_id}",
            "enrollment_required",
        ),
    },
    "api/test_learning_paths.py": {
        "test_a_path_is_changed_with_its_people_on_it": (
            "GET /learning-paths",
            "GET /learning-paths/{path_id}",
            "PATCH /learning-paths/{path_id}",
            "POST /learning-paths/{path_id}/courses",
        ),
        "test_who_follows_a_path_is_let_into_each_course_in_its_turn": (
            "GET /learning-paths/{path_id}/users/{user_id}/progress",
            "POST /learning-paths",
            "POST /learning-paths/{path_id}/enroll",
        ),
    },
    "api/test_lesson_progress.py": {
        "test_a_players_events_are_statements_of_the_video_profile": (
            "POST /lessons/{lesson_id}/events",
        ),
        "test_a_position_may_go_back_and_progress_never": (
            "POST /lessons/{lesson_id}/pdf-progress",
            "POST /lessons/{lesson_id}/progress",
        ),
        "test_a_reset_starts_the_course_afresh_and_keeps_the_history": (
            "POST /progress/{course_id}/users/{user_id}/reset",
        ),
        "test_completions_are_told_of_once_and_after_a_reset_again": ("enrollment.completed",),
        "test_progress_is_of_the_shape_that_was_asked_for": (
            "GET /progress/{course_id}/users/{user_id}",
            "PATCH /lessons/{lesson_id}/progress",
            "POST /lessons/{lesson_id}/complete",
        ),
    },
    "api/test_lessons.py": {
        "test_a_lesson_is_made_and_listed_by_its_course_too": (
            "POST /courses/{course_id}/lessons",
        ),
        "test_an_organization_says_what_may_be_embedded": ("GET /settings", "PATCH /settings"),
        "test_learners_see_the_content_of_free_previews_alone": ("GET /lessons/{lesson_id}",),
        "test_lessons_move_within_and_between_modules": (
            "GET /modules/{module_id}/lessons",
            "POST /courses/{course_id}/modules",
        ),
        "test_lessons_of_every_type": ("POST /modules/{module_id}/lessons",),
        "test_modules_open_at_a_moment_or_some_days_after_enrollment": (
            "PATCH /modules/{module_id}",
        ),
        "test_text_is_cleaned_and_its_reading_time_estimated": ("PATCH /lessons/{lesson_id}",),
        "test_what_is_deleted_is_archived_and_shown_no_more": (
            "DELETE /courses/{course_id}",
            "DELETE /lessons/{lesson_id}",
            "DELETE /modules/{module_id}",
        ),
    },
    "api/test_notifications.py": {
        "test_a_learner_is_told_of_what_concerns_them_alone": (
            "GET /notifications",
            "GET /notifications/unread-count",
        ),
        "test_notifications_are_read_one_by_one_or_all": ("PATCH /notifications/read",),
        "test_preferences_are_kept_and_go_back_to_the_defaults": (
            "DELETE /notifications/preferences",
            "GET /notifications/preferences",
            "PATCH /notifications/preferences",
            "PATCH /notifications/preferences/digest-times",
        ),
    },
    "api/test_peer_reviews.py": {
        "test_instructors_see_what_is_flagged_and_dismiss_what_is_unfair": (
            "POST /peer-reviews/{review_id}/flag",
        ),
        "test_who_hands_in_late_reviews_and_is_reviewed": (
            "GET /assignments/{assignment_id}/peer-reviews",
        ),
        "test_work_is_reviewed_by_peers_and_graded_by_what_they_say": (
            "GET /my/peer-reviews",
            "GET /peer-reviews/{review_id}",
            "PATCH /peer-reviews/{review_id}",
            "POST /peer-reviews/{review_id}/submit",
        ),
    },
    "api/test_quiz_attempts.py": {
        "test_no_more_attempts_are_made_at_once_than_there_may_be": (
            "GET /quizzes/{quiz_id}/attempts",
        ),
        "test_the_university_blocks_attempt_is_graded_reviewed_and_told": (
            "PATCH /attempts/{attempt_id}/grade",
            "POST /quizzes/{quiz_id}/attempts",
            "quiz.failed",
            "quiz.passed",
            "quiz.submitted",
        ),
    },
    "api/test_quizzes.py": {
        "test_a_quiz_is_made_as_the_university_block_writes_it_and_shown_to_its_author": (
            "GET /quizzes/{quiz_id}",
            "POST /quizzes",
        ),
        "test_an_upsert_makes_the_lessons_quiz_and_then_replaces_it": ("PUT /quizzes/{quiz_id}",),
    },
    "api/test_reports.py": {
        "test_a_report_is_run_saved_changed_and_exported": (
            "DELETE /analytics/reports/{report_id}",
            "GET /analytics/reports",
            "GET /analytics/reports/{report_id}",
            "PATCH /analytics/reports/{report_id}",
            "POST /analytics/reports",
            "POST /analytics/reports/export",
            "POST /analytics/reports/run",
        ),
        "test_an_instructor_sees_their_own_courses_alone": ("GET /analytics/entities",),
        "test_a_schedule_is_paused_and_ended": (
            "DELETE /analytics/reports/schedules/{report_schedule_id}",
            "GET /analytics/reports/{report_id}/schedules",
            "PATCH /analytics/reports/schedules/{report_schedule_id}",
            "POST /analytics/reports/{report_id}/schedules",
        ),
        "test_an_alert_is_told_to_its_owner_once": (
            "DELETE /analytics/reports/alerts/{report_alert_id}",
            "GET /analytics/reports/{report_id}/alerts",
            "PATCH /analytics/reports/alerts/{report_alert_id}",
            "POST /analytics/reports/{report_id}/alerts",
        ),
    },
    "api/test_routes.py": {
        "test_a_learner_is_refused_what_is_not_a_learners": ("forbidden",),
    },
    "api/test_python_client_calls.py": {
        "test_every_call_is_one_of_the_document": (
            "bulk_enroll",
            "complete_lesson",
            "create_course",
            "create_lesson",
            "create_module",
            "create_quiz",
            "enroll",
            "get_analytics",
            "get_progress",
            "issue_certificate",
            "update_course",
        ),
    },
    "api/test_rate_limits.py": {
        "test_the_rates_that_were_asked_for_are_the_defaults": (
            "analytics=30/1m",
            "api_keys=5000/1d",
            "auth=10/1m",
            "certificates=20/1m",
            "courses=100/1m",
            "enrollments=200/1m",
            "exports=10/1m",
            "progress=500/1m",
            "public=100/1m",
            "quizzes=50/1m",
            "reads=100/1m",
            "reports=30/1m",
            "uploads=20/1m",
            "writes=30/1m",
        ),
    },
    "api/test_scorm.py": {
        "test_a_launch_needs_an_enrollment_and_leads_to_the_player": (
            "POST /lessons/{lesson_id}/launch",
        ),
        "test_a_zip_becomes_a_lesson_wherever_the_file_stands": ("POST /scorm/upload",),
    },
    "api/test_training.py": {
        "test_a_learner_sees_only_their_own": ("GET /users/{user_id}",),
        "test_a_requirement_becomes_a_record_with_evidence_and_a_row": (
            "GET /compliance/requirements",
            "GET /compliance/requirements/{requirement_id}/records",
            "GET /my/records",
            "POST /compliance/requirements",
        ),
        "test_a_statement_moves_progress_and_voiding_it_takes_it_back": ("POST /xapi/statements",),
        "test_modules_and_lessons_are_put_in_order": (
            "GET /courses/{course_id}/modules",
            "POST /courses/{course_id}/modules/reorder",
        ),
        "test_my_courses_and_enrollments_show_progress": ("GET /enrollments",),
        "test_users_are_found_by_email_role_and_status": ("GET /users",),
    },
    "api/test_users.py": {
        "test_a_learner_applies_and_becomes_a_mentor": (
            "GET /mentor-applications",
            "POST /mentor-applications",
            "POST /mentor-applications/{application_id}/approve",
        ),
        "test_an_identity_provider_adds_and_updates_people": ("POST /auth/sync", "email_taken"),
        "test_learners_are_followed_by_a_program": (
            "GET /learners",
            "GET /learners/email/{email}",
            "GET /learners/{learner_id}",
            "GET /learners/{learner_id}/courses",
        ),
        "test_people_say_for_themselves_how_they_are_called": (
            "GET /auth/profile",
            "PUT /auth/profile",
        ),
        "test_roles_are_assigned_and_removed": (
            "DELETE /users/{user_id}/roles",
            "POST /users/{user_id}/roles",
        ),
        "test_what_is_known_of_a_person_is_kept_changed_and_emptied": ("PUT /users/{user_id}",),
        "test_who_is_rejected_is_told_why_and_may_apply_again": (
            "POST /mentor-applications/{application_id}/reject",
        ),
    },
    "api/test_variables.py": {
        "test_a_value_holds_by_learner_and_run_and_the_ones_before_are_kept": (
            "GET /learners/{learner_id}/variables",
            "GET /variables/{variable_id}/aggregate",
            "GET /variables/{variable_id}/values",
        ),
        "test_authors_define_and_change_variables": (
            "GET /courses/{course_id}/variables",
            "GET /variables",
            "GET /variables/{variable_id}",
            "POST /variables/set",
        ),
    },
    "api/test_webhooks.py": {
        "test_an_event_arrives_signed_and_is_logged": ("POST /webhooks",),
    },
    "content/certificates/test_certificates.py": {
        "test_a_completion_is_certified_once_where_the_course_asks_for_it": ("certificate.issued",),
    },
    "scorm_runtime/test_http.py": {
        "test_an_expired_launch_is_a_page_for_people_and_json_for_programs": (
            "POST /runtime/launch/{token}/commits",
        ),
    },
}

SHOWN: Mapping[str, str] = {
    answer: f"{module}::{test}"
    for module, tests in BY_TEST.items()
    for test, answers in tests.items()
    for answer in answers
}
