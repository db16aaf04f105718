"""A PostgreSQL server for checks."""
import contextlib
import glob
import os
import shutil
import subprocess
import tempfile

from harness import Skip, expect


class Server:
    """A PostgreSQL server of its own, on a Unix socket in a temporary directory that only it has."""

    def __init__(self):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        if not found:
            raise Skip("there is no PostgreSQL: 'scripts/install-packages test'")
        self.programs = found[-1]
        self.folder = tempfile.mkdtemp(prefix="northern-postgres-")
        # It refuses to run as root.
        self.user = []
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
            os.chmod(self.folder, 0o755)
            self.user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        self.data = os.path.join(self.folder, "data")
        self._run("initdb", "-D", self.data, "-U", "admin", "-A", "trust", "-E", "UTF8", "--no-sync")
        self.start()
        self.ask("CREATE ROLE northern LOGIN CREATEDB")
        self.databases = 0

    def _run(self, program, *arguments):
        done = subprocess.run([*self.user, os.path.join(self.programs, program), *arguments], cwd=self.folder,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=60, check=False)
        expect(done.returncode, f"{program}: {done.stdout[-500:]}").equals(0)
        return done.stdout

    def _control(self, *arguments):
        done = subprocess.run([*self.user, os.path.join(self.programs, "pg_ctl"), "-D", self.data, "-w", *arguments],
                              cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, timeout=60, check=False)
        expect(done.returncode, f"pg_ctl {arguments}").equals(0)

    def start(self):
        self._control("-l", os.path.join(self.folder, "server.log"),
                      "-o", f"-k {self.folder} -c listen_addresses= -c max_connections=200", "start")

    def stop(self, mode="fast"):
        """'immediate' is as a power cut: nothing is finished."""
        self._control("-m", mode, "stop")

    def trust_only(self, name):
        """Whoever else comes has to have a password."""
        with open(os.path.join(self.data, "pg_hba.conf"), "w") as file:
            file.write(f"local all {name} trust\nlocal all all scram-sha-256\n")
        self._control("reload")

    def ask(self, sql, database="postgres"):
        return self._run("psql", "-At", "-h", self.folder, "-U", "admin", "-d", database, "-c", sql).strip()

    def new_url(self):
        """Of a database that is empty."""
        self.databases += 1
        name = f"checks_{self.databases}"
        self.ask(f"CREATE DATABASE {name} OWNER northern")
        return f"postgres://northern@/{name}?host={self.folder}"

    def end(self):
        with contextlib.suppress(AssertionError):
            self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)
