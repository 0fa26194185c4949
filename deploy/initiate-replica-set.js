// Run by mongosh in the `mongo-init` service, inside mongo1's network.
/* global rs, db, sleep, print, quit, process */
const WAIT_SECONDS = 60;

function initiate() {
  try {
    rs.status();
  } catch (error) {
    // A set that wants a login has been initiated before, and its user made.
    if (error.codeName === 'Unauthorized') finish('replica set bund was initiated before');
    // mongo1 is preferred, so that the first user can be made from here.
    rs.initiate({ _id: 'bund', members: [1, 2, 3].map((n) => ({ _id: n, host: `mongo${n}:27017`, priority: n === 1 ? 2 : 1 })) });
  }
}

function waitForPrimary() {
  for (let waited = 0; waited < WAIT_SECONDS; waited++) {
    if (db.hello().isWritablePrimary) return;
    sleep(1000);
  }
  print(`mongo1 is not the primary of replica set bund after ${WAIT_SECONDS} s`);
  quit(1);
}

function createUser() {
  try {
    db.getSiblingDB('admin').createUser({
      user: 'bund', pwd: process.env.MONGO_PASSWORD, roles: [{ role: 'readWrite', db: 'bund' }, 'clusterMonitor'],
    });
  } catch (error) {
    if (error.codeName !== 'Location51003' && error.codeName !== 'Unauthorized') throw error; // made before
  }
}

function finish(line) {
  print(line);
  quit(0);
}

initiate();
waitForPrimary();
createUser();
finish('replica set bund has a primary, and the gateways a user');
