"""Addresses of the pages."""

from django.urls import URLPattern, URLResolver, include, path

from bookings.web import (
    actions,
    bookings,
    calendar,
    changing,
    demo_mail,
    home,
    keys,
    languages,
    notifications,
    productions,
    reserving,
    searches,
    searching,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("timeline/", include("bookings.web.timeline_urls")),
    path("calendar/", calendar.calendar, name="calendar"),
    path("search/", searching.search, name="search"),
    path("searches/", searches.saved_search_list, name="saved_search_list"),
    path("searches/<uuid:search_id>/", searches.saved_search, name="saved_search"),
    path("searches/<uuid:search_id>/delete/", searches.delete, name="saved_search_delete"),
    path("bookings/", bookings.booking_list, name="booking_list"),
    path("bookings/new/", reserving.new_booking, name="booking_new"),
    path("bookings/<uuid:booking_id>/", bookings.booking_page, name="booking"),
    path("bookings/<uuid:booking_id>/change/", changing.change_booking, name="booking_change"),
    path("bookings/<uuid:booking_id>/<slug:action>/", actions.act, name="booking_action"),
    path("productions/", productions.production_list, name="production_list"),
    path("productions/new/", productions.new_production, name="production_new"),
    path("productions/<uuid:production_id>/", productions.production_page, name="production"),
    path("notifications/", notifications.notification_list, name="notification_list"),
    path("notifications/read/", notifications.read, name="notifications_read"),
    path("notifications/choice/", notifications.choice, name="notification_choice"),
    path("notifications/<int:notification_id>/open/", notifications.open_one, name="notification_open"),
    path("organisation/keys/", keys.key_list, name="key_list"),
    path("organisation/keys/<int:key_id>/rotate/", keys.rotate, name="key_rotate"),
    path("organisation/keys/<int:key_id>/revoke/", keys.revoke, name="key_revoke"),
    path("accounts/", include("bookings.web.account_urls")),
    path("language/", languages.switch, name="language"),
    path("demo/mail/", demo_mail.mail_list, name="demo_mail_list"),
    path("demo/mail/<str:name>/", demo_mail.mail_page, name="demo_mail"),
]
