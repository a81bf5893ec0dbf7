package dev.fairlead.hub.db;

/// Where the database is and who the hub is there.
///
/// @param url a JDBC URL, such as `jdbc:postgresql://127.0.0.1:5433/fairlead`
/// @param app the role that serves: owns nothing, may not pass by row-level security
/// @param owner the role that migrates and owns the tables; used at the start only
public record DatabaseAccess(String url, Login app, Login owner) {

    public DatabaseAccess {
        if (!url.startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException(
                    "database.url begins with jdbc:postgresql://, as in"
                            + " jdbc:postgresql://db.example.org:5432/fairlead");
        }
        if (app.role().equals(owner.role())) {
            throw new IllegalArgumentException(
                    "database.app and database.owner must be two roles: the one that serves must own"
                            + " nothing");
        }
    }

    /// A role and its password, which [#toString] leaves out.
    public record Login(String role, String password) {
        @Override
        public String toString() {
            return role;
        }
    }
}
