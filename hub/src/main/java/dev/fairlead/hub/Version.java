package dev.fairlead.hub;

/// Which version this is: what the jar says of itself.
final class Version {

    private Version() {}

    /// `development` outside a jar.
    static String current() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
