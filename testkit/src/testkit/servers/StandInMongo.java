// Serves the MongoDB protocol on one port until its standard input ends: what the database tests run on where no MongoDB
// is at hand. Run as a single source file: java -cp 'jars/*' StandInMongo.java HOST PORT FILE
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.util.List;

public class StandInMongo {
    // The server calls itself 5.0.0 but announces wire version 8 (MongoDB 4.2). Current drivers talk to 9 (4.4) and up;
    // nothing that 9 adds is used here.
    record Announced(List<Integer> getVersionArray, int getWireVersion) implements MongoVersion {}

    // The server replaces documents key by key in place, and encodes answers after letting go of its locks: a reader
    // could be given half of the old and half of the new one, which MongoDB never does. So: one command at a time, and
    // the answer copied before the next.
    static class WholeDocuments extends H2Backend {
        WholeDocuments(String file) {
            super(file);
        }

        @Override
        public synchronized Document handleMessage(MongoMessage message) {
            return super.handleMessage(message).cloneDeeply();
        }
    }

    public static void main(String[] args) throws Exception {
        MongoServer server = new MongoServer(new WholeDocuments(args[2]).version(new Announced(List.of(5, 0, 0), 9)));
        server.bind(args[0], Integer.parseInt(args[1]));
        System.in.read(); // ends with the process that started us, so that no run leaves a server behind
        server.shutdownNow();
    }
}
