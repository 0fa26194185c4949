// Run by mongosh in the `mongo-init` service.
/* global rs, db, sleep, print, quit */
try {
  rs.status();
} catch {
  rs.initiate({ _id: 'bund', members: [1, 2, 3].map((n) => ({ _id: n, host: `mongo${n}:27017` })) });
}
for (let waited = 0; waited < 60; waited++) {
  if (db.hello().isWritablePrimary || rs.status().members.some((member) => member.stateStr === 'PRIMARY')) {
    print('replica set bund has a primary');
    quit(0);
  }
  sleep(1000);
}
print('replica set bund has no primary after 60 s');
quit(1);
