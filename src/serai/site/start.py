"""Bring Django up for a command; the node must exist."""

import os
import subprocess
import sys
from pathlib import Path

import django
from django.db import DatabaseError, connection, transaction

from serai.corridors.warm import is_warm, keep_kernels_in
from serai.kernel.errors import NodeFault, gettext_noop


class NeedsSetup(NodeFault):
    code = "needs_setup"
    template = gettext_noop("The store of this node is not set up for this software yet. Run: serai node run --setup")


class UnusableStore(NodeFault):
    code = "unusable_store"
    template = gettext_noop("The store of this node cannot be used: {reason}. What to do is told by: serai node doctor")


class WrongStore(NodeFault):
    code = "wrong_store"
    template = gettext_noop(
        "The store belongs to node {found} but this folder is node {expected}. "
        "Point DATABASE_URL or SERAI_HOME at the right one; nothing was changed."
    )


def start_django() -> None:
    """Configure Django from the node's folder."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "serai.site.settings")
    from serai.site.home import NodeHome

    home = NodeHome.default()
    home.read_identity()  # says in a sentence what settings could only fail on
    keep_kernels_in(home.folder / "kernels")
    django.setup()


def set_up_store() -> None:
    """Bring the store to the software's state: tables, the node's identity, static files, compiled languages."""
    from django.core.management import call_command

    from serai.site.messages import compile_messages

    compile_messages(only_stale=True)
    if has_unapplied_migrations():
        call_command("migrate", verbosity=0, interactive=False)
    record_identity()
    if not has_fresh_static():
        call_command("collectstatic", verbosity=0, interactive=False, clear=False)
    warm_planner()


def warm_planner() -> None:
    """Compile the planner's kernels, once, in a process of its own: a compiler's memory is not given back.

    When it fails nothing is lost: the first question compiles them.
    """
    if not is_warm():
        subprocess.run(
            [sys.executable, "-m", "serai.corridors.warm"], check=False, stdin=subprocess.DEVNULL, timeout=300
        )


def has_tables() -> bool:
    """Whether the store was ever set up."""
    return "kernel_nodeidentity" in connection.introspection.table_names()


def has_unapplied_migrations() -> bool:
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def record_identity() -> None:
    """Write who the node is into its store, once; raise WrongStore when the store is another node's."""
    from datetime import datetime

    from django.conf import settings

    from serai.kernel import audit
    from serai.kernel.locks import take_lock
    from serai.kernel.models import NodeIdentity
    from serai.kernel.roles import Actor

    identity = settings.IDENTITY
    with transaction.atomic():
        take_lock("node-identity")
        found = NodeIdentity.objects.first()
        if found is None:
            NodeIdentity.objects.create(
                code=identity.code,
                realm=identity.realm,
                node_id=identity.node_id,
                created_at=datetime.fromisoformat(identity.created_at),
            )
            audit.record(
                "node:identity:init",
                subject=f"node {identity.code}",
                actor=Actor.operator(),
                realm=str(identity.realm),
                node_id=identity.node_id,
            )
            return
    check_identity()


def check_identity() -> None:
    """Raise WrongStore unless the store in use is this node's own; NeedsSetup or UnusableStore when it cannot say."""
    from django.conf import settings

    from serai.kernel.models import NodeIdentity

    try:
        found = NodeIdentity.objects.first() if has_tables() else None
    except DatabaseError as error:
        raise UnusableStore(reason=str(error).strip().split("\n")[0]) from None
    if found is None:
        raise NeedsSetup
    if str(found.node_id) != settings.IDENTITY.node_id:
        raise WrongStore(found=f"{found.code} ({found.node_id})", expected=settings.IDENTITY.code)


def has_fresh_static() -> bool:
    """Whether the collected static files are no older than those that the software brings."""
    from django.conf import settings

    source = Path(__file__).parent / "static"
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not manifest.exists():
        return False
    newest = max(path.stat().st_mtime for path in source.rglob("*") if path.is_file())
    return manifest.stat().st_mtime >= newest
