"""Addresses of sign-in and of staff. The account_… names are allauth's; signing up has no address."""

from django.urls import URLPattern, URLResolver, include, path, register_converter
from django.urls.converters import IntConverter

from . import views


class RowConverter(IntConverter):
    """A row's number as PostgreSQL can hold it: a longer one names nothing and is answered with 404."""

    regex = "[0-9]{1,18}"


register_converter(RowConverter, "row")

staff_addresses: list[URLPattern | URLResolver] = [
    path("language/", views.language, name="language"),
    path("estates/", views.estates, name="estates"),
    path("password/changed/", views.password_changed, name="password_changed"),
    path("posts/", views.posts, name="posts"),
    path("deputies/", views.deputies, name="deputies"),
    path("deputies/<row:pk>/closure/", views.deputyship_closure, name="deputyship_closure"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", views.sign_in, name="account_login"),
    path("sign-out/", views.sign_out, name="account_logout"),
    path("password/", views.change_password, name="account_change_password"),
    path("inactive/", views.inactive, name="account_inactive"),
    path("", include((staff_addresses, "people"))),
]
