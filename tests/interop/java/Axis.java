import java.net.URL;
import java.util.Map;
import org.apache.axis.client.Stub;
import org.apache.axis.message.SOAPHeaderElement;

/** Axis 1.4 with stubs by WSDL2Java from the literal WSDLs: Axis URL TENANT */
final class Axis extends Toolkit {
    private final String url;

    private Axis(String url) {
        this.url = url;
    }

    @Override
    Object stub(String port, Map<String, Object> auth) throws Exception {
        Object locator = Class.forName("stubs." + port.toLowerCase() + "_port.NGNProLocator").getDeclaredConstructor().newInstance();
        URL address = new URL(url + "/soap/" + port.toLowerCase());
        Stub stub = (Stub) locator.getClass().getMethod("get" + port + "Port", URL.class).invoke(locator, address);
        if (!port.equals("Presence")) {
            String namespace = "urn:AGProjects:NGNPro:" + port + ":literal";
            SOAPHeaderElement header = new SOAPHeaderElement(namespace, "auth");
            for (var member : auth.entrySet()) {
                header.addChildElement(member.getKey(), "", namespace).addTextNode(String.valueOf(member.getValue()));
            }
            stub.setHeader(header);
        }
        return stub;
    }

    @Override
    String code(Throwable thrown) {
        try {
            return String.valueOf(read(thrown, "errorcode"));
        } catch (Exception without) {
            return "without a code: " + thrown;
        }
    }

    public static void main(String[] arguments) throws Throwable {
        Life.run(new Axis(arguments[0]), arguments[1]);
    }
}
