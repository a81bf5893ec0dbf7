import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

public class Crash_a6e2ee2258973cfa46bb5f6a04ed28eeed1217b6 {
    static final String base64Bytes = String.join("", "bmFtZXM6IFtodWIuZXhhbXBsZS5jb21dCmxpc3Rlbjoge2FkZHJlc3M6IDEwLgoKIAogCjAuMC41LCBwb3J0OiA4MDgwfQp0cnVzdGWc1HByb3hpZXM6IFsxMC4wLjAuMiwgMTAwLjAuM10KbGVhZi1jZXJ0aWZpY2F0ZXM6IFsvLnBlbV0K");

    public static void main(String[] args) throws Throwable {
        Crash_a6e2ee2258973cfa46bb5f6a04ed28eeed1217b6.class.getClassLoader().setDefaultAssertionStatus(true);
        try {
            Method fuzzerInitialize = dev.fairlead.hub.HubConfigFuzz.class.getMethod("fuzzerInitialize");
            fuzzerInitialize.invoke(null);
        } catch (NoSuchMethodException ignored) {
            try {
                Method fuzzerInitialize = dev.fairlead.hub.HubConfigFuzz.class.getMethod("fuzzerInitialize", String[].class);
                fuzzerInitialize.invoke(null, (Object) args);
            } catch (NoSuchMethodException ignored1) {
            } catch (IllegalAccessException | InvocationTargetException e) {
                e.printStackTrace();
                System.exit(1);
            }
        } catch (IllegalAccessException | InvocationTargetException e) {
            e.printStackTrace();
            System.exit(1);
        }
        byte[] input = java.util.Base64.getDecoder().decode(base64Bytes);
        dev.fairlead.hub.HubConfigFuzz.fuzzerTestOneInput(input);
    }
}