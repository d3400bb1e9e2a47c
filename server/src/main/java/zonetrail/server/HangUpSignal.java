package zonetrail.server;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// SIGHUP, by which service managers and people ask a server to read its files again. Without a
/// handler it would end the process.
///
/// Java has no API for signals but `sun.misc.Signal` of the module `jdk.unsupported`. It is called
/// by reflection: javac warns of every other use of it, and a runtime without the module still
/// serves.
public final class HangUpSignal {
  private static final Logger LOG = LoggerFactory.getLogger(HangUpSignal.class);

  private HangUpSignal() {}

  /// Runs `action` at each SIGHUP, on a thread of the signal's own; if that cannot be had (`java
  /// -Xrs`, a system without this signal), says so and leaves it.
  public static void onHangUp(Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object handle =
          Proxy.newProxyInstance(
              HangUpSignal.class.getClassLoader(),
              new Class<?>[] {handler},
              (_, method, arguments) -> {
                if (!method.getName().equals("handle")) {
                  return method.invoke(action, arguments); // equals, hashCode, toString
                }
                action.run();
                return null;
              });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), handle);
    } catch (InvocationTargetException refused) {
      LOG.warn("SIGHUP will end this server: {}", String.valueOf(refused.getCause()));
    } catch (ReflectiveOperationException absent) {
      LOG.warn(
          "SIGHUP will end this server: this Java cannot handle signals ({})", absent.toString());
    }
  }
}
