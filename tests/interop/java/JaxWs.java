import java.net.URL;
import java.util.HashMap;
import java.util.Map;
import javax.xml.namespace.QName;
import javax.xml.ws.Service;

/** JAX-WS RI with stubs by wsimport -XadditionalHeaders from the literal WSDLs: JaxWs URL TENANT */
final class JaxWs extends Toolkit {
    private final String url;
    private final Map<String, Object> stubs = new HashMap<>();

    private JaxWs(String url) {
        this.url = url;
    }

    @Override
    Object stub(String port, Map<String, Object> auth) throws Exception {
        if (!stubs.containsKey(port)) {
            String owner = port.equals("Presence") ? "SoapSIMPLEProxy" : "NGNPro";
            QName service = new QName("urn:AGProjects:" + owner + ":" + port + ":literal", "NGNPro");
            URL wsdl = new URL(url + "/soap/" + port.toLowerCase() + "?wsdl");
            stubs.put(port, Service.create(wsdl, service).getPort(portType(port)));
        }
        return stubs.get(port);
    }

    @Override
    String code(Throwable thrown) {
        try {
            return String.valueOf(read(thrown, "faultInfo.errorcode"));
        } catch (Exception without) {
            return "without a code: " + thrown;
        }
    }

    public static void main(String[] arguments) throws Throwable {
        Life.run(new JaxWs(arguments[0]), arguments[1]);
    }
}
