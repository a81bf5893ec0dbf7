package dev.fairlead.agent.enroll;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;

/// The person at the machine: lines to show, and answers where there is a terminal.
///
/// @param canAnswer whether somebody is there to be asked
public record Person(PrintWriter out, BufferedReader in, boolean canAnswer) {

    public void say(String line) {
        out.println(line);
        out.flush();
    }

    /// Whether the person types `y` or `yes`; anything else, and the end of input, is no.
    boolean agrees(String question) throws IOException {
        out.print(question + " [y/N] ");
        out.flush();
        String answer = in.readLine();
        if (answer == null) {
            return false;
        }
        String word = answer.strip().toLowerCase(Locale.ROOT);
        return word.equals("y") || word.equals("yes");
    }
}
