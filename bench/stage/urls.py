"""Everything, and `api/v1/nothing/`: what a view costs that is authenticated as all are, and does nothing."""

from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from modules.api.endpoint import Endpoint
from see1.urls import handler500 as handler500
from see1.urls import urlpatterns as everything


class Nothing(Endpoint):
    def post(self, request: Request) -> Response:
        return Response({})


urlpatterns = [path("api/v1/nothing/", Nothing.as_view()), *everything]
