"""How people sign up, come in, and prove who they are: django-allauth's settings."""

from typing import Literal

Limits = dict[str, str | None] | Literal[False]

ACCOUNT_ADAPTER = "see1.account_adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # whoever has no account gets no mail that a stranger asked for
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True  # one address each, changed when the new one is verified
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # only in the browser that signed up
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_METHODS = ["password", "mfa"]
ACCOUNT_FORMS = {
    "add_email": "bookings.web.accounts.NewAddressForm",
    "change_password": "bookings.web.accounts.ChangePasswordForm",
    "login": "bookings.web.accounts.LogInForm",
    "reauthenticate": "bookings.web.accounts.PasswordAgainForm",
    "reset_password": "bookings.web.accounts.PasswordResetForm",
    "reset_password_from_key": "bookings.web.accounts.SetPasswordForm",
    "signup": "bookings.web.sign_up.SignUpForm",
}
ACCOUNT_RATE_LIMITS: Limits = {
    # Passwords are counted in one place, whatever asks to compare them: `see1.log_in_limits`.
    "login": None,
    # What is left of this are the codes of second factors.
    "login_failed": "10/15m/key",
    "signup": "20/h/ip",
    "reset_password": "20/h/ip,5/h/key",
    "confirm_email": "1/3m/key",
    "found_organisation": "5/h/user",  # ours
}

MFA_ADAPTER = "see1.account_adapter.SecondFactorAdapter"
MFA_FORMS = {
    "activate_totp": "bookings.web.second_factors.AppForm",
    "add_webauthn": "bookings.web.second_factors.PasskeyForm",
    "authenticate": "bookings.web.second_factors.CodeForm",
    "authenticate_webauthn": "bookings.web.second_factors.UsePasskeyForm",
    "edit_webauthn": "bookings.web.second_factors.NewNameForm",
    "login_webauthn": "bookings.web.second_factors.LogInPasskeyForm",
    "reauthenticate": "bookings.web.second_factors.CodeAgainForm",
    "reauthenticate_webauthn": "bookings.web.second_factors.PasskeyAgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "SEE-1 Bookings"
MFA_TOTP_TOLERANCE = 1  # periods: phones' clocks go wrong
MFA_RATE_LIMITS: Limits = {}  # allauth's own
