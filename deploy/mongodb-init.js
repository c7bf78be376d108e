// Begins the replica set `rs0` with this one member and makes the user `parley`, who may use Parley's databases only.
// Run by mongosh (compose.yaml); running it again changes nothing but the password, to what .env says.
const databases = ["accounts", "ai_responder", "campaigns", "conversation", "ingress", "realtime", "sender"].map(
  (service) => `parley_${service}`,
);
const admin = db.getSiblingDB("admin");
admin.auth("root", process.env.MONGODB_ROOT_PASSWORD);

try {
  rs.initiate({ _id: "rs0", members: [{ _id: 0, host: "mongodb:27017" }] });
} catch (error) {
  if (error.codeName !== "AlreadyInitialized") throw error;
}
while (!admin.hello().isWritablePrimary) sleep(200);

const roles = databases.flatMap((name) => ["readWrite", "dbAdmin"].map((role) => ({ role, db: name })));
const parley = { pwd: process.env.MONGODB_PASSWORD, roles };
if (admin.getUser("parley")) admin.updateUser("parley", parley);
else admin.createUser({ user: "parley", ...parley });
