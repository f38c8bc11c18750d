"""One's organisations and their people. People are managed in person: a key manages none, and sees none."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from bookings import invitations, members
from bookings.actors import Actor
from bookings.api.authentication import actor_of
from bookings.api.bookings import read_body
from bookings.api.idempotency import idempotent
from bookings.exceptions import NotAllowed, NotFound
from bookings.models import Invitation, Membership, Organisation, Role
from modules.api.bodies import Body
from modules.api.endpoint import Endpoint, Listing
from modules.api.fields import InstantField, LineField, OneOfField, TextField

LANGUAGES = [code for code, _name in settings.LANGUAGES]


class OrganisationBody(Body):
    only_ours = frozenset({"id", "role"})

    name = LineField(max_length=200)
    time_zone = TextField(max_length=64, help_text="As in Europe/Rome; shown beside GMT.")
    language = OneOfField(LANGUAGES, help_text="Of invitations.")


class OrganisationFacts(serializers.ModelSerializer[Organisation]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    role = serializers.SerializerMethodField(help_text="Of whoever asks; null for staff who are no members.")

    class Meta:
        model = Organisation
        fields = ["id", "name", "time_zone", "language", "role"]

    def get_role(self, organisation: Organisation) -> str | None:
        role: str | None = self.context["roles"].get(organisation.pk)
        return role


class RoleBody(Body):
    only_ours = frozenset({"id", "email", "name"})

    role = OneOfField(Role.choices)


class MemberRepresentation(serializers.ModelSerializer[Membership]):
    id = serializers.IntegerField(source="user_id")
    email = serializers.EmailField(source="user.email")
    name = serializers.CharField(source="user.get_full_name")
    role = serializers.ChoiceField(Role.choices)

    class Meta:
        model = Membership
        fields = ["id", "email", "name", "role"]


class MailAddressField(TextField):
    """Whether it is one, `bookings.invitations` says."""


class InvitationBody(Body):
    only_ours = frozenset({"id", "invited_by", "created_at", "expires_at"})

    email = MailAddressField(max_length=254)
    role = OneOfField(Role.choices)


class InvitationRepresentation(serializers.ModelSerializer[Invitation]):
    id = serializers.UUIDField()
    role = serializers.ChoiceField(Role.choices)
    invited_by = serializers.EmailField(source="invited_by.email", default=None, allow_null=True)
    created_at = InstantField()
    expires_at = InstantField()

    class Meta:
        model = Invitation
        fields = ["id", "email", "role", "invited_by", "created_at", "expires_at"]


class OfOrganisations(Endpoint):
    serializer_class: Any = OrganisationFacts
    refusals: ClassVar[tuple[str, ...]] = ("invalid", "not_found")

    def get_serializer_context(self) -> dict[str, Any]:
        swagger = getattr(self, "swagger_fake_view", False)
        return {**super().get_serializer_context(), "roles": {} if swagger else actor_of(self.request).roles}


class OrganisationList(OfOrganisations, Listing):
    """One's organisations; staff who may look at organisations see all."""

    ordering = ("id",)
    refusals = ("invalid_cursor",)

    def get_queryset(self) -> QuerySet[Organisation]:
        return _visible(actor_of(self.request))

    def get(self, request: Request) -> Response:
        return self.page()


class OrganisationDetail(OfOrganisations):
    """One organisation."""

    def get(self, request: Request, organisation_id: UUID) -> Response:
        return Response(self.get_serializer(_found(actor_of(request), organisation_id)).data)

    @extend_schema(request=OrganisationBody, responses=OrganisationFacts)
    def patch(self, request: Request, organisation_id: UUID) -> Response:
        """Change its name, time zone or language: its owners, in person."""
        actor = actor_of(request)
        known = _found(actor, organisation_id)
        said = read_body(OrganisationBody, request, partial=True).validated_data
        facts = {name: said.get(name, getattr(known, name)) for name in ("name", "time_zone", "language")}
        return Response(
            self.get_serializer(members.change_organisation(actor, organisation_id=organisation_id, **facts)).data
        )


class OfPeople(Endpoint):
    """Something of the people of the organisation that the address names."""

    refusals: ClassVar[tuple[str, ...]] = ("invalid", "not_found")

    def in_person(self, request: Request) -> Actor:
        actor = actor_of(request)
        _found(actor, self.kwargs["organisation_id"])
        if actor.key is not None:
            raise NotAllowed(gettext("People are managed in person: log in with the browser."))
        return actor


class MemberList(OfPeople, Listing):
    """Who belongs to an organisation, and as what."""

    serializer_class = MemberRepresentation
    ordering = ("id",)

    def get_queryset(self) -> QuerySet[Membership]:
        actor, organisation_id = self.in_person(self.request), self.kwargs["organisation_id"]
        if organisation_id not in actor.organisation_ids and not actor.sees_all("membership"):
            raise NotAllowed(gettext("Only its members, and staff who look after people, see who belongs to it."))
        return Membership.objects.select_related("user").filter(organisation=self.kwargs["organisation_id"])

    def get(self, request: Request, organisation_id: UUID) -> Response:
        return self.page()


class MemberDetail(OfPeople):
    """One member."""

    serializer_class = MemberRepresentation
    refusals = ("invalid", "not_found", "last_owner")

    @extend_schema(request=RoleBody, responses=MemberRepresentation)
    def patch(self, request: Request, organisation_id: UUID, user_id: int) -> Response:
        """Give another role; the last owner stays one."""
        actor = self.in_person(request)
        said = read_body(RoleBody, request).validated_data
        changed = members.change_role(
            actor, organisation_id=organisation_id, user_id=user_id, role=said["role"], at=timezone.now()
        )
        return Response(self.get_serializer(changed).data)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, organisation_id: UUID, user_id: int) -> Response:
        """Remove a member, or leave. Their keys of the organisation are revoked; the last owner stays."""
        actor = self.in_person(request)
        members.remove_member(actor, organisation_id=organisation_id, user_id=user_id, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class InvitationList(OfPeople, Listing):
    """Whom an organisation has invited and who has not answered yet: its owners see them."""

    serializer_class = InvitationRepresentation
    ordering = ("created_at", "id")

    def get_queryset(self) -> QuerySet[Invitation]:
        actor, organisation_id = self.in_person(self.request), self.kwargs["organisation_id"]
        if not actor.owns(organisation_id):
            raise NotAllowed(gettext("Only owners see whom their organisation has invited."))
        return invitations.invitations_of(organisation_id)

    def get(self, request: Request, organisation_id: UUID) -> Response:
        return self.page()

    @extend_schema(request=InvitationBody, responses={201: InvitationRepresentation})
    @idempotent
    def post(self, request: Request, organisation_id: UUID) -> Response:
        """Invite by mail; an invitation that the address has open is taken back for it."""
        actor = self.in_person(request)
        said = read_body(InvitationBody, request).validated_data
        made = invitations.invite(actor, organisation_id=organisation_id, at=timezone.now(), **said)
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)


class InvitationDetail(OfPeople):
    """One invitation."""

    serializer_class = InvitationRepresentation
    refusals = ("not_found",)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, organisation_id: UUID, invitation_id: UUID) -> Response:
        """Take it back: its link opens nothing from now on."""
        invitations.revoke_invitation(
            self.in_person(request),
            organisation_id=organisation_id,
            invitation_id=invitation_id,
            at=timezone.now(),
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


def _visible(actor: Actor) -> QuerySet[Organisation]:
    everything = Organisation.objects.all()
    return everything if actor.sees_all("organisation") else everything.filter(pk__in=actor.organisation_ids)


def _found(actor: Actor, organisation_id: UUID) -> Organisation:
    organisation = _visible(actor).filter(pk=organisation_id).first()
    if organisation is None:
        raise NotFound(gettext("There is no such organisation among yours."))
    return organisation
