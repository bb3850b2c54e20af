from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from kb.desk.roles import make_groups


class DeskConfig(AppConfig):
    """The desk, where editors draft, check and correct rows before they are published."""

    name = "kb.desk"
    label = "desk"
    verbose_name = _("Desk")

    def ready(self) -> None:
        # Connected here, so that no sign-in is missed before the first request loads the modules.
        from kb.desk.models.labels import translate_labels
        from kb.desk.signin import recovery_codes, rights_log
        from kb.desk.signin.live_sessions import delete_expired_sessions
        from kb.desk.signin.pending_forms import drop_foreign_forms
        from kb.desk.signin.refusals import log_failed_login
        from kb.desk.signin.sessions import start_session_clock
        from kb.desk.signin.signin_log import log_signed_in, log_signed_out

        recovery_codes.install()
        translate_labels(self.get_models())
        post_migrate.connect(make_groups, sender=self)
        rights_log.connect()
        user_logged_in.connect(start_session_clock)
        user_logged_in.connect(delete_expired_sessions)
        user_logged_in.connect(drop_foreign_forms)
        user_logged_in.connect(log_signed_in)
        user_logged_out.connect(log_signed_out)
        user_login_failed.connect(log_failed_login)
