import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Generated stubs, whichever generator made them, used through reflection: plain maps and lists become their beans, and a
 * value of a bean is read by a path.
 */
abstract class Toolkit {
    static final List<String> PORTS = List.of("Customer", "Sip", "Dns", "Enum", "Voicemail", "Rating", "Network", "Presence");

    /** The stub of a port, ready to send these credentials. */
    abstract Object stub(String port, Map<String, Object> auth) throws Exception;

    /** The contract's code in what a stub threw. */
    abstract String code(Throwable thrown);

    /** The interface that was generated for a port. */
    Class<?> portType(String port) throws ClassNotFoundException {
        return Class.forName("stubs." + port.toLowerCase() + "_port." + port + "PortType");
    }

    Object call(String operation, Map<String, Object> arguments, Map<String, Object> auth) throws Throwable {
        String port = operation.split("\\.")[0];
        for (Method method : portType(port).getMethods()) {
            if (operation.equals(port + "." + method.getName())) {
                return invoke(port, method, arguments, auth);
            }
        }
        throw new IllegalArgumentException("no stub for " + operation);
    }

    private Object invoke(String port, Method method, Map<String, Object> arguments, Map<String, Object> auth) throws Throwable {
        // In the contract's order, the header (where the stub takes one) last.
        List<Object> values = new ArrayList<>();
        var given = arguments.values().iterator();
        for (int at = 0; at < method.getParameterCount(); at++) {
            Type type = method.getGenericParameterTypes()[at];
            values.add(bean(type, rawType(type).getSimpleName().equals("Auth") ? auth : given.next()));
        }
        try {
            return method.invoke(stub(port, auth), values.toArray());
        } catch (InvocationTargetException raised) {
            throw raised.getCause();
        }
    }

    /** Calls every operation with a value in every member; prints how each ended. */
    void walk(Map<String, Object> auth) throws Exception {
        for (String port : PORTS) {
            for (Method method : portType(port).getMethods()) {
                Map<String, Object> arguments = new LinkedHashMap<>();
                for (Type type : method.getGenericParameterTypes()) {
                    if (!rawType(type).getSimpleName().equals("Auth")) {
                        arguments.put("parameter" + arguments.size(), sample(type));
                    }
                }
                String outcome = "ok";
                try {
                    invoke(port, method, arguments, auth);
                } catch (Throwable thrown) {
                    outcome = "fault " + code(thrown);
                }
                System.out.println(port + "." + method.getName() + " " + outcome);
            }
        }
    }

    /** Plain data as a stub's type wants it. */
    Object bean(Type type, Object value) throws Exception {
        Class<?> raw = rawType(type);
        if (value == null || raw.isInstance(value)) {
            return value;
        }
        if (value instanceof List<?> items) {
            if (raw.isArray()) {
                Object array = Array.newInstance(raw.getComponentType(), items.size());
                for (int at = 0; at < items.size(); at++) {
                    Array.set(array, at, bean(raw.getComponentType(), items.get(at)));
                }
                return array;
            }
            return bean(type, Map.of("item", items));
        }
        if (value instanceof Map<?, ?> members) {
            Object made = raw.getDeclaredConstructor().newInstance();
            for (var member : members.entrySet()) {
                set(made, (String) member.getKey(), member.getValue());
            }
            return made;
        }
        if (value instanceof Number number) {
            return raw == long.class || raw == Long.class ? number.longValue()
                    : raw == double.class || raw == Double.class ? number.doubleValue()
                    : (Object) number.intValue();
        }
        return value instanceof String text && raw != String.class ? enumerated(raw, text) : value;
    }

    private void set(Object made, String name, Object value) throws Exception {
        String capital = Character.toUpperCase(name.charAt(0)) + name.substring(1);
        Method setter = method(made.getClass(), "set" + capital, 1);
        if (setter != null) {
            setter.invoke(made, bean(setter.getGenericParameterTypes()[0], value));
            return;
        }
        // Lists without a setter are filled where they are.
        Method getter = made.getClass().getMethod("get" + capital);
        Type item = ((ParameterizedType) getter.getGenericReturnType()).getActualTypeArguments()[0];
        @SuppressWarnings("unchecked")
        Collection<Object> list = (Collection<Object>) getter.invoke(made);
        for (Object one : (List<?>) value) {
            list.add(bean(item, one));
        }
    }

    private static Object enumerated(Class<?> type, String text) throws Exception {
        String maker = type.isEnum() ? "fromValue" : "fromString";
        return type.getMethod(maker, String.class).invoke(null, text);
    }

    /** A value of a type, with all its members. */
    private Object sample(Type type) throws Exception {
        Class<?> raw = rawType(type);
        if (raw == String.class) {
            return "sample";
        }
        if (raw == boolean.class || raw == Boolean.class) {
            return true;
        }
        if (raw == byte[].class) {
            return "sample".getBytes();
        }
        if (raw.isPrimitive() || Number.class.isAssignableFrom(raw)) {
            return bean(raw, 4242);
        }
        if (raw.isArray()) {
            return List.of(sample(raw.getComponentType()));
        }
        if (raw.isEnum()) {
            return raw.getEnumConstants()[0];
        }
        for (var field : raw.getFields()) {
            if (Modifier.isStatic(field.getModifiers()) && field.getType() == raw) {
                return field.get(null);
            }
        }
        return sampleOfMembers(raw);
    }

    private Map<String, Object> sampleOfMembers(Class<?> raw) throws Exception {
        Map<String, Object> members = new LinkedHashMap<>();
        for (Method method : raw.getDeclaredMethods()) {
            String name = method.getName();
            if (name.startsWith("set") && method.getParameterCount() == 1) {
                members.put(name.substring(3), sample(method.getGenericParameterTypes()[0]));
            } else if (name.equals("getItem") && method.getGenericReturnType() instanceof ParameterizedType list) {
                members.put("item", List.of(sample(list.getActualTypeArguments()[0])));
            }
        }
        return members;
    }

    /** A member by its path, such as id.username. */
    static Object read(Object bean, String path) throws Exception {
        for (String name : path.split("\\.")) {
            String capital = Character.toUpperCase(name.charAt(0)) + name.substring(1);
            Method getter = method(bean.getClass(), "get" + capital, 0);
            bean = (getter != null ? getter : bean.getClass().getMethod("is" + capital)).invoke(bean);
        }
        return bean;
    }

    /** The items of an array, in whichever form the stub has it. */
    static List<?> items(Object array) throws Exception {
        if (array == null) {
            return List.of();
        }
        if (array instanceof Object[] items) {
            return Arrays.asList(items);
        }
        return array instanceof List<?> items ? items : items(read(array, "item"));
    }

    private static Method method(Class<?> type, String name, int parameters) {
        for (Method method : type.getMethods()) {
            if (method.getName().equals(name) && method.getParameterCount() == parameters) {
                return method;
            }
        }
        return null;
    }

    private static Class<?> rawType(Type type) {
        return (Class<?>) (type instanceof ParameterizedType parameterized ? parameterized.getRawType() : type);
    }
}
